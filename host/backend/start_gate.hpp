#pragma once

#include <cstdint>
#include <functional>

#include "host/base/mutex.hpp"
#include "host/base/status.hpp"

namespace backplane::host {

// Brings the replicas of one backend up together: all of them serve, or none does. Owned by the
// Backend; its replicas arrive, control may give up. Thread-safe.
class StartGate {
 public:
  // `on_decided` is called once, on whichever thread decided, without a lock held: ok when all
  // have arrived, else the first error.
  StartGate(std::uint32_t replicas, std::function<void(Status)> on_decided);

  // [replica] Says how construction went and blocks until the outcome is known. True: serve.
  // False: destroy what was made and end.
  bool arrive(Status created);

  // [any] Gives up with `error` unless the outcome is known already; those who arrive later are
  // sent away.
  void abandon(Error error);

 private:
  enum class State : std::uint8_t { kStarting, kServing, kAbandoned };

  Mutex mutex_;
  CondVar decided_;
  // Let go of once called, because it may hold on to much.
  std::function<void(Status)> on_decided_;
  State state_ BP_GUARDED_BY(mutex_) = State::kStarting;
  std::uint32_t missing_ BP_GUARDED_BY(mutex_);
};

}  // namespace backplane::host
