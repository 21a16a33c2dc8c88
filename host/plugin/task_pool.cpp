#include "host/plugin/task_pool.hpp"

#include <exception>
#include <string>
#include <utility>

#include "host/base/log.hpp"
#include "host/json/utf8.hpp"

namespace backplane::host {
namespace {

// The fence for plugins that were built without the SDK, which has its own.
void run_fenced(const PluginTask& task) noexcept {
  try {
    task.run(task.user);
  } catch (const std::exception& error) {
    log_error(task.plugin, "a task threw: " + to_utf8(error.what()));
  } catch (...) {
    log_error(task.plugin, "a task threw something that is not a std::exception");
  }
}

}  // namespace

TaskPool::~TaskPool() {
  stop(kNever);
}

TaskPool::Taken TaskPool::submit(PluginTask task) {
  {
    MutexLock lock(mutex_);
    if (stopping_) return Taken::kStopped;
    if (waiting_.size() >= max_waiting_) return Taken::kFull;
    // One that is idle has been woken for each that waits already.
    const bool is_short = idle_ <= waiting_.size() && threads_.size() < max_threads_;
    if (is_short && !start_thread() && threads_.empty()) return Taken::kStopped;
    waiting_.push_back(std::move(task));
  }
  changed_.notify_one();
  return Taken::kTaken;
}

bool TaskPool::start_thread() {
  auto thread = Thread::start("bp-task-" + std::to_string(threads_.size()), ThreadRole::kReplica,
                              [this] { run(); });
  if (!thread.ok()) return false;
  threads_.push_back(std::move(thread).value());
  ++alive_;
  return true;
}

void TaskPool::run() {
  for (;;) {
    PluginTask task;
    {
      MutexLock lock(mutex_);
      ++idle_;
      while (waiting_.empty() && !stopping_) changed_.wait(mutex_);
      --idle_;
      if (waiting_.empty()) {
        --alive_;
        break;
      }
      task = std::move(waiting_.front());
      waiting_.pop_front();
    }
    run_fenced(task);
    // Here, and without the lock: the code may go with it.
    task.code.reset();
  }
  changed_.notify_all();
}

bool TaskPool::stop(TimePoint deadline) {
  std::vector<Thread> threads;
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
    while (alive_ > 0) {
      if (deadline == kNever) {
        changed_.wait(mutex_);
      } else if (!changed_.wait_until(mutex_, deadline)) {
        break;
      }
    }
    if (alive_ > 0) return false;
    threads.swap(threads_);
  }
  // Joined here.
  threads.clear();
  return true;
}

std::size_t TaskPool::threads() const {
  MutexLock lock(mutex_);
  return threads_.size();
}

std::size_t TaskPool::waiting() const {
  MutexLock lock(mutex_);
  return waiting_.size();
}

}  // namespace backplane::host
