#include "host/control/task_thread.hpp"

#include <utility>

namespace backplane::host {

Result<std::unique_ptr<TaskThread>> TaskThread::start(const std::string& name) {
  std::unique_ptr<TaskThread> tasks(new TaskThread());
  auto thread = Thread::start(name, ThreadRole::kControl, [self = tasks.get()] { self->run(); });
  if (!thread.ok()) return std::move(thread).error();
  tasks->thread_ = std::move(thread).value();
  return tasks;
}

TaskThread::~TaskThread() {
  stop();
}

void TaskThread::post(Task task) {
  {
    MutexLock lock(mutex_);
    if (ended_) return;
    queue_.push_back(std::move(task));
  }
  changed_.notify_one();
}

TaskThread::Timer TaskThread::post_at(TimePoint when, Task task) {
  Timer timer{.when = when};
  {
    MutexLock lock(mutex_);
    if (ended_) return timer;
    timer.number = ++timers_;
    timed_.emplace(timer, std::move(task));
  }
  changed_.notify_one();
  return timer;
}

void TaskThread::cancel(const Timer& timer) {
  // What the task holds goes without the lock.
  std::map<Timer, Task>::node_type cancelled;
  MutexLock lock(mutex_);
  cancelled = timed_.extract(timer);
}

void TaskThread::stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void TaskThread::run() {
  for (;;) {
    Task task = next();
    if (!task) return drop_timed();
    give_way();
    task();
  }
}

void TaskThread::drop_timed() {
  std::map<Timer, Task> dropped;
  MutexLock lock(mutex_);
  dropped.swap(timed_);
}

TaskThread::Task TaskThread::next() {
  MutexLock lock(mutex_);
  for (;;) {
    if (!timed_.empty() && timed_.begin()->first.when <= Clock::now()) {
      return std::move(timed_.extract(timed_.begin()).mapped());
    }
    if (!queue_.empty()) {
      Task task = std::move(queue_.front());
      queue_.pop_front();
      return task;
    }
    if (stopping_) {
      ended_ = true;
      return {};
    }
    if (timed_.empty()) {
      changed_.wait(mutex_);
    } else {
      changed_.wait_until(mutex_, timed_.begin()->first.when);
    }
  }
}

}  // namespace backplane::host
