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
  bool last = false;
  {
    MutexLock lock(mutex_);
    --missing_;
    if (ready.ok() && state_ == State::kStarting && missing_ == 0) {
      state_ = then_ == Then::kOpen ? State::kServing : State::kReady;
      last = true;
    }
  }
  if (!ready.ok()) return abandon(std::move(ready).error());
  if (!last) return;
  decided_.notify_all();
  std::exchange(on_decided_, nullptr)(Status());
}

void StartGate::open() {
  {
    MutexLock lock(mutex_);
    if (state_ != State::kReady) return;
    state_ = State::kServing;
  }
  decided_.notify_all();
}

void StartGate::abandon(Error error) {
  bool undecided = false;
  {
    MutexLock lock(mutex_);
    if (state_ != State::kStarting && state_ != State::kReady) return;
    undecided = state_ == State::kStarting;
    state_ = State::kAbandoned;
  }
  decided_.notify_all();
  if (undecided) std::exchange(on_decided_, nullptr)(std::move(error));
}

bool StartGate::passed() const {
  MutexLock lock(mutex_);
  return missing_ == 0 && waiting_ == 0;
}

}  // namespace backplane::host
