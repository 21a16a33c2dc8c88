#include "host/plugin/call_table.hpp"

#include <thread>

#include "host/plugin/call_handle.hpp"

namespace backplane::host {

void CallTable::begin(std::span<Exchange* const> exchanges, std::uint64_t max_body) {
  epoch_ = (epoch_ + 1) % OpenCall::kEpochs;
  while (calls_.size() < exchanges.size()) calls_.emplace_back(*this);
  handles_.clear();
  for (std::size_t i = 0; i < exchanges.size(); ++i) {
    OpenCall& call = calls_[i];
    call.slot.begin(*exchanges[i], max_body);
    call.open(epoch_);
    handles_.push_back(to_handle(call, epoch_));
  }
  open_.store(exchanges.size(), std::memory_order_release);
}

void CallTable::complete(OpenCall& call, std::uint32_t epoch, bp_status status,
                         std::string_view message) {
  {
    const MutexLock lock(mutex_);
    if (!call.is_open(epoch)) {
      counts().double_completions.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    call.close(status, message);
  }
  // Without the lock, for the callback that is waited for may complete a call itself.
  call.children.let_go(call.slot.exchange());
  if (call.listens) call.slot.exchange().abandonment().forget();
  call.let_go();
}

void CallTable::let_go(OpenCall& /*call*/) {
  open_.fetch_sub(1, std::memory_order_release);
}

void CallTable::close_open(bp_status status, std::string_view message) {
  if (!any_open()) return;
  for (std::size_t i = 0; i < handles_.size(); ++i) {
    OpenCall& call = calls_[i];
    {
      const MutexLock lock(mutex_);
      if (!call.is_open(epoch_)) continue;
      call.close(status, message);
    }
    call.children.let_go(call.slot.exchange());
    if (call.listens) call.slot.exchange().abandonment().forget();
    let_go(call);
  }
  // Another thread, which the plugin did not wait for, or a callback on its way out: soon over.
  while (any_open()) std::this_thread::yield();
}

}  // namespace backplane::host
