#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <tuple>

#include "host/base/clock.hpp"
#include "host/base/mutex.hpp"
#include "host/base/result.hpp"
#include "host/base/thread.hpp"

namespace backplane::host {

// One thread of role control that runs tasks in the order they were posted, and timed ones when
// their moment comes. State that only its tasks touch needs no lock. Owned by Host; post() from any
// thread while it lives.
class TaskThread {
 public:
  using Task = std::function<void()>;

  // Names a timed task, for cancel(). A plain value; default-constructed it names none.
  struct Timer {
    TimePoint when;
    std::uint64_t number = 0;

    bool operator<(const Timer& other) const {
      return std::tie(when, number) < std::tie(other.when, other.number);
    }
  };

  static Result<std::unique_ptr<TaskThread>> start(const std::string& name);
  // As stop().
  ~TaskThread();

  // [any] Never blocks. Once the thread has ended tasks are dropped, on the caller's thread.
  void post(Task task);
  // [any] Runs `task` at `when` or soon after; dropped, on its thread, when that stops
  // before.
  Timer post_at(TimePoint when, Task task);
  // [any] Drops it, here, unless it has begun; a no-op after that.
  void cancel(const Timer& timer);

  // [any but this thread] Runs what is queued, and what that posts, then ends and joins.
  void stop();

 private:
  TaskThread() = default;
  void run();
  // The next task to run; empty when the thread shall end. Blocks.
  Task next();
  // Ends here what timed tasks hold that are not run any more.
  void drop_timed();

  Mutex mutex_;
  CondVar changed_;
  std::deque<Task> queue_ BP_GUARDED_BY(mutex_);
  std::map<Timer, Task> timed_ BP_GUARDED_BY(mutex_);  // the earliest first
  std::uint64_t timers_ BP_GUARDED_BY(mutex_) = 0;
  bool stopping_ BP_GUARDED_BY(mutex_) = false;
  bool ended_ BP_GUARDED_BY(mutex_) = false;
  // Last: it uses everything above.
  Thread thread_;
};

}  // namespace backplane::host
