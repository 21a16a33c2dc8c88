#include "host/backend/in_flight.hpp"

#include <utility>

namespace backplane::host {

std::uint32_t InFlight::wait_for_room() {
  MutexLock lock(mutex_);
  while (count() >= limit_ && !called_) changed_.wait(mutex_);
  if (std::exchange(called_, false)) return 0;
  return limit_ - count();
}

void InFlight::wait_until_empty() {
  MutexLock lock(mutex_);
  while (count() > 0) changed_.wait(mutex_);
}

bool InFlight::wait_until_empty(TimePoint deadline) {
  MutexLock lock(mutex_);
  while (count() > 0) {
    if (!changed_.wait_until(mutex_, deadline)) return count() == 0;
  }
  return true;
}

void InFlight::enter(std::uint32_t count) {
  MutexLock lock(mutex_);
  count_.store(this->count() + count, std::memory_order_relaxed);
}

void InFlight::leave() {
  // Told under the lock: the replica, and this with it, may go as soon as it sees the last one
  // leave.
  MutexLock lock(mutex_);
  const std::uint32_t left = count() - 1;
  count_.store(left, std::memory_order_relaxed);
  if (left == 0 || left < limit_) changed_.notify_one();
}

void InFlight::call() {
  MutexLock lock(mutex_);
  called_ = true;
  changed_.notify_one();
}

void InFlight::set_limit(std::uint32_t limit) {
  MutexLock lock(mutex_);
  limit_ = limit;
  changed_.notify_one();
}

}  // namespace backplane::host
