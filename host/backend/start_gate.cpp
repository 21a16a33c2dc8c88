#include "host/backend/start_gate.hpp"

#include <utility>

namespace backplane::host {

StartGate::StartGate(std::uint32_t replicas, std::function<void(Status)> on_decided)
    : on_decided_(std::move(on_decided)), missing_(replicas) {}

bool StartGate::arrive(Status created) {
  if (!created.ok()) {
    abandon(std::move(created).error());
    return false;
  }
  bool last = false;
  {
    MutexLock lock(mutex_);
    --missing_;
    if (state_ == State::kStarting && missing_ == 0) {
      state_ = State::kServing;
      last = true;
    }
  }
  if (last) {
    decided_.notify_all();
    std::exchange(on_decided_, nullptr)(Status());
  }
  MutexLock lock(mutex_);
  while (state_ == State::kStarting) decided_.wait(mutex_);
  return state_ == State::kServing;
}

void StartGate::abandon(Error error) {
  {
    MutexLock lock(mutex_);
    if (state_ != State::kStarting) return;
    state_ = State::kAbandoned;
  }
  decided_.notify_all();
  std::exchange(on_decided_, nullptr)(std::move(error));
}

}  // namespace backplane::host
