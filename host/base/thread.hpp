#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <utility>

#include "host/base/result.hpp"

namespace backplane::host {

// What a thread is for; it has one role for life (style.md 6).
enum class ThreadRole : std::uint8_t { kNone, kIo, kReplica, kControl };

// The calling thread's role; kNone for threads that no Thread started (main, tests).
ThreadRole current_thread_role();

// Lets what waits for the calling thread's core run first; costs a third of a microsecond where
// nothing does. Work on a change says it before each piece of some 50 us: of a request's threads,
// which wake each other, Linux's scheduler lets one that has used its share of the core wait until
// the thread that runs sleeps or gives way, and then for every other that has not used its own.
// Any thread but those of requests.
void give_way();

// A named thread with one role, joined by its owner. Owned by the object that started it; only
// that owner calls join().
class Thread {
 public:
  Thread() = default;
  // Starts `body`. `name` is cut to the kernel's 15 characters. kUnavailable when the kernel gives
  // no thread.
  static Result<Thread> start(const std::string& name, ThreadRole role, std::function<void()> body);
  // Joins.
  ~Thread();
  Thread(Thread&& other) noexcept = default;
  Thread& operator=(Thread&& other) noexcept;

  bool joinable() const { return thread_.joinable(); }
  void join();

 private:
  explicit Thread(std::thread thread) : thread_(std::move(thread)) {}

  std::thread thread_;
};

}  // namespace backplane::host
