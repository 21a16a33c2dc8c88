#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include <backplane/abi.h>

namespace backplane {

// Runs what a handler under test hands over, one after the other, on a thread of its own that
// begins with the first. Owned by a TestHost; any thread.
class TestTasks {
 public:
  TestTasks() = default;
  // Runs what waits.
  ~TestTasks() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
  }
  TestTasks(const TestTasks&) = delete;
  TestTasks& operator=(const TestTasks&) = delete;

  bp_status submit(bp_task_fn run, void* user) {
    const std::lock_guard lock(mutex_);
    if (run == nullptr) return BP_CONTRACT;
    if (refused_ != BP_OK) return refused_;
    waiting_.emplace_back(run, user);
    if (!thread_.joinable()) thread_ = std::thread([this] { work(); });
    changed_.notify_all();
    return BP_OK;
  }
  // What submit() says from now on; BP_OK: it takes them.
  void refuse(bp_status status) {
    const std::lock_guard lock(mutex_);
    refused_ = status;
  }

 private:
  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      const auto task = waiting_.front();
      waiting_.pop_front();
      lock.unlock();
      task.first(task.second);
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::pair<bp_task_fn, void*>> waiting_;
  bp_status refused_ = BP_OK;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace backplane
