#include "host/message/abandon_signal.hpp"

#include <utility>

namespace backplane::host {

void AbandonSignal::raise() {
  const std::thread::id self = std::this_thread::get_id();
  bool nested = false;  // in a callback that has listened again
  Listener listener;
  {
    MutexLock lock(mutex_);
    raised_.store(true, std::memory_order_relaxed);
    listener = std::exchange(listener_, {});
    if (listener.call == nullptr) return;
    nested = runner_ == self;
    runner_ = self;
  }
  listener.call(listener);
  // Told under the lock: whoever waits in forget() may destroy this as soon as it sees the end.
  MutexLock lock(mutex_);
  if (!nested && runner_ == self) runner_ = {};
  ended_.notify_all();
}

bool AbandonSignal::listen(Callback callback, void* user) {
  return listen({.call = [](const Listener& self) { self.callback(self.user); },
                 .callback = callback,
                 .user = user});
}

bool AbandonSignal::listen(const Listener& listener) {
  const std::thread::id self = std::this_thread::get_id();
  std::atomic<bool> forgotten{false};
  std::atomic<bool>* outer = nullptr;
  bool nested = false;
  {
    MutexLock lock(mutex_);
    if (heard_.exchange(true, std::memory_order_relaxed)) return false;
    if (!raised()) {
      listener_ = listener;
      return true;
    }
    nested = runner_ == self;
    if (nested) outer = forgotten_;
    runner_ = self;
    forgotten_ = &forgotten;
  }
  listener.call(listener);
  // It may have answered, and the exchange be somebody else's by now.
  if (forgotten) {
    if (outer != nullptr) *outer = true;
    return true;
  }
  MutexLock lock(mutex_);
  // Unless another thread runs the next one meanwhile.
  if (!nested && runner_ == self) runner_ = {};
  if (forgotten_ == &forgotten) forgotten_ = outer;
  ended_.notify_all();
  return true;
}

void AbandonSignal::forget() {
  const std::thread::id self = std::this_thread::get_id();
  MutexLock lock(mutex_);
  listener_ = {};
  if (runner_ == self) {
    runner_ = {};
    if (forgotten_ != nullptr) *std::exchange(forgotten_, nullptr) = true;
  }
  while (runner_ != std::thread::id()) ended_.wait(mutex_);
}

void AbandonSignal::rearm() {
  MutexLock lock(mutex_);
  if (listener_.call != nullptr) return;
  raised_.store(false, std::memory_order_relaxed);
  heard_.store(false, std::memory_order_relaxed);
}

void AbandonSignal::forget_all() {
  MutexLock lock(mutex_);
  raised_.store(false, std::memory_order_relaxed);
  heard_.store(false, std::memory_order_relaxed);
  listener_ = {};
}

}  // namespace backplane::host
