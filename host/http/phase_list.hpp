#pragma once

#include "host/base/clock.hpp"

namespace backplane::host {

// A member of one PhaseList: what is waited for until when. A Session is one.
class PhaseHook {
 public:
  PhaseHook() = default;
  PhaseHook(const PhaseHook&) = delete;
  PhaseHook& operator=(const PhaseHook&) = delete;

  TimePoint since{};            // entered the phase
  TimePoint deadline = kNever;  // may stay in it until then

 protected:
  ~PhaseHook() = default;

 private:
  friend class PhaseList;
  PhaseHook* before_ = nullptr;
  PhaseHook* after_ = nullptr;
};

// The connections that are in one phase, in the order in which they entered it. A timer for each
// would cost more than the request; a list is looked at once in a tick. Owned by an IoThread; its
// io thread. Links, does not own.
class PhaseList {
 public:
  PhaseHook* front() const { return front_; }
  static PhaseHook* after(const PhaseHook& hook) { return hook.after_; }

  // [io] `hook` must be in no list.
  void push_back(PhaseHook& hook) {
    hook.before_ = back_;
    hook.after_ = nullptr;
    (back_ != nullptr ? back_->after_ : front_) = &hook;
    back_ = &hook;
  }
  // [io] `hook` must be in this list.
  void remove(PhaseHook& hook) {
    (hook.before_ != nullptr ? hook.before_->after_ : front_) = hook.after_;
    (hook.after_ != nullptr ? hook.after_->before_ : back_) = hook.before_;
    hook.before_ = hook.after_ = nullptr;
  }

 private:
  PhaseHook* front_ = nullptr;
  PhaseHook* back_ = nullptr;
};

}  // namespace backplane::host
