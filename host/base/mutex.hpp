#pragma once

#include <condition_variable>
#include <mutex>

#include "host/base/clock.hpp"
#include "host/base/thread_annotations.hpp"

namespace backplane::host {

// std::mutex that clang's thread-safety analysis can follow. Owned by the class whose members it
// guards. Any thread.
class BP_CAPABILITY("mutex") Mutex {
 public:
  void lock() BP_ACQUIRE() { mutex_.lock(); }
  void unlock() BP_RELEASE() { mutex_.unlock(); }

 private:
  friend class CondVar;
  std::mutex mutex_;
};

// Holds a Mutex for a scope. A local variable, never a member. The thread that made it.
class BP_SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) BP_ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
  ~MutexLock() BP_RELEASE() { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// A condition to wait on, in a loop, under its Mutex. Owned beside that Mutex. Any thread.
class CondVar {
 public:
  // Both wait functions may wake without reason: callers loop on the condition itself.
  void wait(Mutex& mutex) BP_REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    condition_.wait(lock);
    lock.release();
  }
  // False when `deadline` passed.
  bool wait_until(Mutex& mutex, TimePoint deadline) BP_REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    const bool in_time = condition_.wait_until(lock, deadline) == std::cv_status::no_timeout;
    lock.release();
    return in_time;
  }
  void notify_one() { condition_.notify_one(); }
  void notify_all() { condition_.notify_all(); }

 private:
  std::condition_variable condition_;
};

}  // namespace backplane::host
