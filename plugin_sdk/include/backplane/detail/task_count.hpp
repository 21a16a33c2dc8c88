#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace backplane {

// How many tasks of a replica have not ended. Owned by its Context, which outlives them; any
// thread.
class TaskCount {
 public:
  // Counts itself as long as it lives.
  class One {
   public:
    explicit One(TaskCount& count) : count_(count) {
      const std::lock_guard lock(count_.mutex_);
      ++count_.running_;
    }
    ~One() {
      // Told under the lock: who waits may be gone as soon as it is free.
      const std::lock_guard lock(count_.mutex_);
      if (--count_.running_ == 0) count_.none_.notify_all();
    }
    One(const One&) = delete;
    One& operator=(const One&) = delete;

   private:
    TaskCount& count_;
  };

  // Blocks until there is none.
  void wait() {
    std::unique_lock lock(mutex_);
    none_.wait(lock, [this] { return running_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable none_;
  std::size_t running_ = 0;
};

}  // namespace backplane
