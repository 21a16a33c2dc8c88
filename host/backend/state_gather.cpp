#include "host/backend/state_gather.hpp"

#include <utility>

namespace backplane::host {

StateGather::StateGather(std::uint32_t replicas, Done done)
    : missing_(replicas), states_(replicas), done_(std::move(done)) {}

void StateGather::put(std::uint32_t index, Result<std::optional<HandlerState>> state) {
  Done done;
  HandlerStates states;
  const bool good = state.ok();
  {
    MutexLock lock(mutex_);
    --missing_;
    if (good) states_[index] = std::move(state).value();
    if (good && missing_ == 0) {
      done = std::exchange(done_, nullptr);
      states = std::move(states_);
    }
  }
  if (!good) return abandon(std::move(state).error());
  if (done) done(std::move(states));
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
