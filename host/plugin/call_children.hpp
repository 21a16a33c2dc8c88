#pragma once

#include <atomic>

#include "host/base/mutex.hpp"
#include "host/plugin/child_call.hpp"

namespace backplane::host {

// The calls that a handler has out for one of its own, which end with it when nobody waits for that
// one any more. Member of an OpenCall. Thread-safe.
class CallChildren {
 public:
  // [any] Holds `child` until it is removed. False, and nothing is held: nobody waits for the
  // answer of `parent` any more, the exchange of the call that this is a member of.
  bool add(Exchange& parent, ChildCall& child);
  // [any] Whether it was still held.
  bool remove(ChildCall& child);
  // [any] The call is complete and its exchange about to be passed on: those that are out go on
  // without it. Waits for a cancellation that runs on another thread.
  void let_go(Exchange& parent) {
    if (used_.load(std::memory_order_relaxed)) let_go_of_all(parent);
  }

 private:
  static void cancel(void* children) noexcept;
  void let_go_of_all(Exchange& parent);
  void unlink(ChildCall& child) BP_REQUIRES(mutex_);
  // Gives up holding the newest one; null when there is none.
  ChildCall* take() BP_EXCLUDES(mutex_);

  std::atomic<bool> used_{false};  // since the call was opened
  Mutex mutex_;
  bool cancelled_ BP_GUARDED_BY(mutex_) = false;
  ChildCall* newest_ BP_GUARDED_BY(mutex_) = nullptr;
};

}  // namespace backplane::host
