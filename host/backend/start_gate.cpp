#include "host/backend/start_gate.hpp"

#include <utility>

namespace backplane::host {

StartGate::StartGate(std::uint32_t replicas, std::function<void(Status)> on_decided, Then then)
    : then_(then), on_decided_(std::move(on_decided)), missing_(replicas) {}

bool StartGate::arrive(Status created) {
  const bool made = created.ok();
  {
    MutexLock lock(mutex_);
    ++waiting_;
  }
  report(std::move(created));
  MutexLock lock(mutex_);
  while (made && (state_ == State::kStarting || state_ == State::kReady)) decided_.wait(mutex_);
  --waiting_;
  return made && state_ == State::kServing;
}

void StartGate::report(Status ready) {
  std::function<void(Status)> tell;
  {
    // One look decides: were an error counted first and its outcome settled later, those who come
    // between the two would find everybody there.
    MutexLock lock(mutex_);
    --missing_;
    if (state_ != State::kStarting || (ready.ok() && missing_ > 0)) return;
    const State all_there = then_ == Then::kOpen ? State::kServing : State::kReady;
    tell = decide(ready.ok() ? all_there : State::kAbandoned);
  }
  tell(std::move(ready));
}

void StartGate::open() {
  MutexLock lock(mutex_);
  if (state_ == State::kReady) decide(State::kServing);
}

void StartGate::abandon(Error error) {
  std::function<void(Status)> tell;
  {
    MutexLock lock(mutex_);
    if (state_ != State::kStarting && state_ != State::kReady) return;
    tell = decide(State::kAbandoned);
  }
  if (tell) tell(std::move(error));
}

void StartGate::expire(Error error) {
  std::function<void(Status)> tell;
  {
    MutexLock lock(mutex_);
    if (state_ != State::kStarting) return;
    tell = decide(State::kAbandoned);
  }
  tell(std::move(error));
}

std::function<void(Status)> StartGate::decide(State state) {
  state_ = state;
  // Under the lock: whoever finds the gate passed may destroy it.
  decided_.notify_all();
  return std::exchange(on_decided_, nullptr);
}

bool StartGate::passed() const {
  MutexLock lock(mutex_);
  return missing_ == 0 && waiting_ == 0;
}

}  // namespace backplane::host
