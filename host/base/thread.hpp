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

// [any] Lets the other threads of this core run first (sched_yield(2)); a third of a microsecond
// where none waits. Threads that carry no requests call it before each piece of work of 50 us or
// so, else requests wait for all of it: an I/O thread that has used its share of the core is not
// chosen by Linux's EEVDF scheduler before the thread that runs sleeps or yields. On a crowded core
// it does so now and then only (YieldPace).
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
