#pragma once

#include <chrono>
#include <cstddef>

#include "host/base/clock.hpp"
#include "host/base/mutex.hpp"

namespace backplane::host {

// How long a test waits for what must happen: long enough for a loaded machine under a sanitizer,
// short enough to fail before CTest's own limit.
inline constexpr std::chrono::seconds kPatience{30};

// Makes order in a test: whoever enters is held until the test opens. Owned by the test case.
// Thread-safe.
class Gate {
 public:
  // [any] Held here until open(); passes at once when it is open already.
  void enter() {
    MutexLock lock(mutex_);
    ++entered_;
    changed_.notify_all();
    while (!open_) changed_.wait(mutex_);
  }

  // [any] Blocks until `count` have entered, held or passed. False when that takes over kPatience.
  bool wait_entered(std::size_t count = 1) { return wait_until(Clock::now() + kPatience, count); }
  // [any] The same with a deadline of one's own.
  bool wait_until(TimePoint deadline, std::size_t count = 1) {
    MutexLock lock(mutex_);
    while (entered_ < count) {
      if (!changed_.wait_until(mutex_, deadline)) return entered_ >= count;
    }
    return true;
  }

  // [any]
  void open() {
    MutexLock lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

  // [any]
  std::size_t entered() const {
    MutexLock lock(mutex_);
    return entered_;
  }

 private:
  mutable Mutex mutex_;
  CondVar changed_;
  std::size_t entered_ BP_GUARDED_BY(mutex_) = 0;
  bool open_ BP_GUARDED_BY(mutex_) = false;
};

}  // namespace backplane::host
