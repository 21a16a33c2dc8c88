#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "host/base/mutex.hpp"
#include "host/base/result.hpp"
#include "host/plugin/handler_state.hpp"

namespace backplane::host {

// Waits for what the replicas of one backend hand over. Owned by the Backend; replicas put, control
// gives up. Thread-safe.
class StateGather {
 public:
  using Done = std::function<void(Result<HandlerStates>)>;

  // Of `replicas` replicas `saving` will put something. `done` is called once, on whichever thread
  // put the last one or gave up, without a lock held: the states of all, or the first error.
  StateGather(std::size_t replicas, std::size_t saving, Done done);

  // [replica]
  void put(std::uint32_t index, Result<std::optional<HandlerState>> state);
  // [any] Ends with `error`, unless it has ended.
  void abandon(Error error);
  // [any] Whether nobody is expected any more, so that it may be destroyed.
  bool passed() const;

 private:
  mutable Mutex mutex_;
  std::size_t missing_ BP_GUARDED_BY(mutex_);
  HandlerStates states_ BP_GUARDED_BY(mutex_);
  Done done_ BP_GUARDED_BY(mutex_);  // null once it has ended
};

}  // namespace backplane::host
