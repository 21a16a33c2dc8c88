#pragma once

#include <cstdint>
#include <functional>

#include "host/base/mutex.hpp"
#include "host/base/status.hpp"

namespace backplane::host {

// Brings replicas of one backend to the same point together: all of them go on, or none does. Owned
// by the Backend; replicas arrive, control opens it or gives up. Thread-safe.
class StartGate {
 public:
  // What happens when everybody has arrived: they go on, or wait for open().
  enum class Then : std::uint8_t { kOpen, kHold };

  // `replicas`: how many will arrive or report. `on_decided` is called once, on whichever thread
  // decided, without a lock held: ok when all have, else the first error.
  StartGate(std::uint32_t replicas, std::function<void(Status)> on_decided,
            Then then = Then::kOpen);

  // [replica] Says how construction went and blocks until the outcome is known. True: serve.
  // False: destroy what was made and end.
  bool arrive(Status created);
  // [any] The same for whoever needs not wait for the others.
  void report(Status ready);

  // [control] Lets those go on who arrived at a gate that holds; a no-op once given up.
  void open();
  // [any] Gives up with `error`, unless the gate is open already; those who arrive later are sent
  // away.
  void abandon(Error error);
  // [any] The same, but a no-op once all have arrived.
  void expire(Error error);

  // [any] Whether nobody is expected or waiting any more, so that the gate may be destroyed.
  bool passed() const;

 private:
  enum class State : std::uint8_t { kStarting, kReady, kServing, kAbandoned };

  // Lets those who wait go on as `state` says. What to tell and has not been told, which is for the
  // caller to do without the lock.
  std::function<void(Status)> decide(State state) BP_REQUIRES(mutex_);

  const Then then_;
  mutable Mutex mutex_;
  CondVar decided_;
  // Let go of once called, because it may hold on to much.
  std::function<void(Status)> on_decided_ BP_GUARDED_BY(mutex_);
  State state_ BP_GUARDED_BY(mutex_) = State::kStarting;
  std::uint32_t missing_ BP_GUARDED_BY(mutex_);
  std::uint32_t waiting_ BP_GUARDED_BY(mutex_) = 0;
};

}  // namespace backplane::host
