#pragma once

#include <atomic>
#include <cstdint>

#include "host/base/clock.hpp"
#include "host/base/mutex.hpp"

namespace backplane::host {

// How many requests one replica of an async handler has taken and not answered, and who waits for
// there to be fewer. Member of its Replica.
class InFlight {
 public:
  // `limit` >= 1.
  explicit InFlight(std::uint32_t limit) : limit_(limit) {}

  // [replica] How many more it may take. Blocks while that is none; 0: it was called meanwhile, or
  // before.
  std::uint32_t wait_for_room();
  // [replica] Blocks until every one has left.
  void wait_until_empty();
  // [replica] So, but not longer than to `deadline`: whether every one has.
  bool wait_until_empty(TimePoint deadline);
  // [replica] Takes `count`, for which there was room.
  void enter(std::uint32_t count);
  // [any] One is answered. The last thing that its thread does with the replica.
  void leave();

  // [any] Makes wait_for_room() return once.
  void call();
  // [any] `limit` >= 1; those that are in flight already stay, be they more.
  void set_limit(std::uint32_t limit);

  // [any]
  std::uint32_t count() const { return count_.load(std::memory_order_relaxed); }

 private:
  Mutex mutex_;
  CondVar changed_;
  std::uint32_t limit_ BP_GUARDED_BY(mutex_);
  bool called_ BP_GUARDED_BY(mutex_) = false;
  std::atomic<std::uint32_t> count_{0};  // written under the mutex
};

}  // namespace backplane::host
