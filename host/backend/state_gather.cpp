#include "host/backend/state_gather.hpp"

#include <utility>

namespace backplane::host {

StateGather::StateGather(std::size_t replicas, std::size_t saving, Done done)
    : missing_(saving), states_(replicas), done_(std::move(done)) {}

void StateGather::put(std::uint32_t index, Result<std::optional<HandlerState>> state) {
  Done done;
  Result<HandlerStates> outcome = HandlerStates();
  {
    // One section: it may be destroyed as soon as the last one is in.
    MutexLock lock(mutex_);
    --missing_;
    if (!state.ok()) {
      outcome = std::move(state).error();
      done = std::exchange(done_, nullptr);
    } else {
      states_[index] = std::move(state).value();
      if (missing_ == 0) {
        done = std::exchange(done_, nullptr);
        outcome = std::move(states_);
      }
    }
  }
  if (done) done(std::move(outcome));
}

void StateGather::abandon(Error error) {
  Done done;
  {
    MutexLock lock(mutex_);
    done = std::exchange(done_, nullptr);
  }
  if (done) done(std::move(error));
}

bool StateGather::passed() const {
  MutexLock lock(mutex_);
  return missing_ == 0;
}

}  // namespace backplane::host
