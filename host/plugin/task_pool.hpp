#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string_view>
#include <vector>

#include "host/base/clock.hpp"
#include "host/base/mutex.hpp"
#include "host/base/thread.hpp"

namespace backplane::host {

// What a plugin wants to be run, and what keeps its code loaded until that was done.
struct PluginTask {
  std::string_view plugin;  // its name in the host
  void (*run)(void* user) = nullptr;
  void* user = nullptr;
  std::shared_ptr<const void> code{};
};

// A few threads that run what plugins hand over, in the order in which it came; one is started when
// something waits and no thread is idle, so a host whose plugins hand nothing over has none. Owned
// by Host, or by a probe; thread-safe.
class TaskPool {
 public:
  enum class Taken : std::uint8_t {
    kTaken,
    kFull,     // as many wait as may
    kStopped,  // nothing is taken any more, or the kernel gives no thread
  };

  static constexpr std::size_t kDefaultThreads = 4;
  static constexpr std::size_t kDefaultWaiting = 1024;

  explicit TaskPool(std::size_t threads = kDefaultThreads, std::size_t waiting = kDefaultWaiting)
      : max_threads_(threads), max_waiting_(waiting) {}
  // As stop(), however long that takes.
  ~TaskPool();
  TaskPool(const TaskPool&) = delete;
  TaskPool& operator=(const TaskPool&) = delete;

  // [any] Never waits for a task.
  Taken submit(PluginTask task);
  // [control] Takes nothing more, runs what waits, and joins. False: something runs still at
  // `deadline`, and the pool must be left alone.
  bool stop(TimePoint deadline);

  // [any] How many threads have been started; tasks that wait.
  std::size_t threads() const;
  std::size_t waiting() const;

 private:
  bool start_thread() BP_REQUIRES(mutex_);
  void run();

  const std::size_t max_threads_;
  const std::size_t max_waiting_;
  mutable Mutex mutex_;
  CondVar changed_;
  std::deque<PluginTask> waiting_ BP_GUARDED_BY(mutex_);
  std::size_t idle_ BP_GUARDED_BY(mutex_) = 0;   // threads that wait for one, or were woken to
  std::size_t alive_ BP_GUARDED_BY(mutex_) = 0;  // threads that have not ended
  bool stopping_ BP_GUARDED_BY(mutex_) = false;
  // Last: they use everything above.
  std::vector<Thread> threads_ BP_GUARDED_BY(mutex_);
};

}  // namespace backplane::host
