#pragma once

#include <atomic>
#include <thread>

#include "host/base/mutex.hpp"

namespace backplane::host {

// Tells whoever works on a request that nobody waits for its answer any more. Member of an
// Exchange. reset() on the thread that owns the exchange, the rest on any.
class AbandonSignal {
 public:
  using Callback = void (*)(void* user);
  // What is called, and with what. A plain value, copied when somebody listens: another may listen
  // for the next time before the first has been called.
  struct Listener {
    void (*call)(const Listener& self) = nullptr;
    void* subject = nullptr;  // for `call`
    Callback callback = nullptr;
    void* user = nullptr;
  };

  // Stays raised until reset(). The callback, where there is one, runs before this returns.
  void raise();
  // A hint: no other data is published through it, so relaxed is enough.
  bool raised() const { return raised_.load(std::memory_order_relaxed); }

  // `callback` will run once, when it is raised; when it is already, then here and now. False:
  // there has been one since reset(), and nothing changes.
  bool listen(Callback callback, void* user);
  bool listen(const Listener& listener);
  // No callback runs once this has returned: one that runs on another thread is waited for. The
  // callback itself may do this and pass the exchange back.
  void forget();

  // Ready for the next time, unless somebody listens for this one. In a callback, too: then what it
  // listens for may be told of while it still runs, here or on another thread.
  void rearm();

  // Whatever was used of it has been passed back with the exchange. Most requests use nothing.
  void reset() {
    if (raised() || heard_.load(std::memory_order_relaxed)) forget_all();
  }

 private:
  void forget_all();

  std::atomic<bool> raised_{false};
  Mutex mutex_;
  CondVar ended_;
  std::atomic<bool> heard_{false};                // listen() was called; written under the mutex
  Listener listener_ BP_GUARDED_BY(mutex_);       // without a call: none
  std::thread::id runner_ BP_GUARDED_BY(mutex_);  // who runs the callback; nobody: none
  // Of a listen() that runs it.
  std::atomic<bool>* forgotten_ BP_GUARDED_BY(mutex_) = nullptr;
};

}  // namespace backplane::host
