#include "host/plugin/call_table.hpp"

#include <thread>

#include "host/plugin/call_handle.hpp"

namespace backplane::host {

void CallTable::begin(std::span<Exchange* const> exchanges, std::uint64_t max_body) {
  epoch_ = (epoch_ + 1) % OpenCall::kEpochs;
  while (calls_.size() < exchanges.size()) calls_.push_back(std::make_unique<OpenCall>(*this));
  handles_.clear();
  for (std::size_t i = 0; i < exchanges.size(); ++i) {
    OpenCall& call = *calls_[i];
    call.slot.begin(*exchanges[i], max_body);
    call.open(epoch_);
    handles_.push_back(to_handle(call, epoch_));
  }
  open_.store(exchanges.size(), std::memory_order_release);
}

void CallTable::complete(OpenCall& call, std::uint32_t epoch, bp_status status,
                         std::string_view message) {
  if (!call.close(epoch, status, message)) {
    counts().double_completions.fetch_add(1, std::memory_order_relaxed);
    return;
  }
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
    OpenCall& call = *calls_[i];
    if (!call.close(epoch_, status, message)) continue;
    call.children.let_go(call.slot.exchange());
    if (call.listens) call.slot.exchange().abandonment().forget();
    let_go(call);
  }
  // Another thread, which the plugin did not wait for, or a callback on its way out: soon over.
  while (any_open()) std::this_thread::yield();
}

}  // namespace backplane::host
