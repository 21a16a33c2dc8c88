#pragma once

#include <atomic>
#include <string_view>
#include <thread>

namespace backplane::host {

// The thread tags of abi.h, looked after while a plugin is written: where NDEBUG is not defined, a
// plugin that breaks one ends the process, with a log line that says what it did; where it is,
// these are empty.
[[noreturn]] void end_for_wrong_thread(std::string_view what);

// [replica] of one call: the thread that made it. A local variable.
class DebugThread {
 public:
#ifdef NDEBUG
  void check(std::string_view /*what*/) const {}
#else
  // [any] Ends the process on another thread; `what` the plugin called there.
  void check(std::string_view what) const {
    if (std::this_thread::get_id() != thread_) end_for_wrong_thread(what);
  }

 private:
  const std::thread::id thread_ = std::this_thread::get_id();
#endif
};

// "One thread at a time": who is inside. Member of what is used so.
class DebugTurn {
 public:
#ifndef NDEBUG
  // [any] While it lives, nobody else comes in; a thread that is inside may again. `what` it calls.
  // A local variable of a service.
  class Inside {
   public:
    // `excused`: this thread need not wait for its turn.
    Inside(DebugTurn& turn, std::string_view what, bool excused) : turn_(turn) {
      if (excused) return;
      const std::thread::id self = std::this_thread::get_id();
      std::thread::id nobody;
      if (turn_.inside_.compare_exchange_strong(nobody, self, std::memory_order_relaxed)) {
        entered_ = true;
      } else if (nobody != self) {
        end_for_wrong_thread(what);
      }
    }
    ~Inside() {
      if (entered_) turn_.inside_.store({}, std::memory_order_relaxed);
    }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;

   private:
    DebugTurn& turn_;
    bool entered_ = false;
  };

 private:
  std::atomic<std::thread::id> inside_{};
#else
  class [[maybe_unused]] Inside {
   public:
    Inside(DebugTurn& /*turn*/, std::string_view /*what*/, bool /*excused*/) {}
  };
#endif
};

}  // namespace backplane::host
