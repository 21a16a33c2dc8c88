#include "host/plugin/call_children.hpp"

namespace backplane::host {

bool CallChildren::add(Exchange& parent, ChildCall& child) {
  // Outside the lock: what has been abandoned already is cancelled here and now.
  if (!used_.exchange(true, std::memory_order_relaxed)) parent.calls().listen(cancel, this);
  const MutexLock lock(mutex_);
  if (cancelled_) return false;
  child.older = newest_;
  child.newer = nullptr;
  if (newest_ != nullptr) newest_->newer = &child;
  newest_ = &child;
  child.listed = true;
  return true;
}

bool CallChildren::remove(ChildCall& child) {
  const MutexLock lock(mutex_);
  if (!child.listed) return false;
  unlink(child);
  return true;
}

void CallChildren::unlink(ChildCall& child) {
  if (child.older != nullptr) child.older->newer = child.newer;
  (child.newer != nullptr ? child.newer->older : newest_) = child.older;
  child.listed = false;
}

ChildCall* CallChildren::take() {
  const MutexLock lock(mutex_);
  ChildCall* const child = newest_;
  if (child != nullptr) unlink(*child);
  return child;
}

void CallChildren::cancel(void* children) noexcept {
  CallChildren& self = *static_cast<CallChildren*>(children);
  ChildCall* all = nullptr;
  {
    const MutexLock lock(self.mutex_);
    self.cancelled_ = true;
    all = self.newest_;
    self.newest_ = nullptr;
    for (ChildCall* child = all; child != nullptr; child = child->older) child->listed = false;
  }
  // Who is told may complete the call, and this be used for another one meanwhile.
  while (all != nullptr) {
    ChildCall* const child = all;
    all = child->older;
    child->cancel();
  }
}

void CallChildren::let_go_of_all(Exchange& parent) {
  parent.calls().forget();
  while (ChildCall* const child = take()) child->drop();
  {
    const MutexLock lock(mutex_);
    cancelled_ = false;
  }
  used_.store(false, std::memory_order_relaxed);
}

}  // namespace backplane::host
