#include "host/plugin/call_table.hpp"

#include "host/plugin/abi_bridge.hpp"

namespace backplane::host {
namespace {

constexpr std::size_t kMaxMessage = 4096;  // bytes

}  // namespace

void CallTable::begin(std::span<Exchange* const> exchanges, std::uint64_t max_body) {
  epoch_ = (epoch_ + 1) % OpenCall::kEpochs;
  while (calls_.size() < exchanges.size()) calls_.emplace_back(*this);
  handles_.clear();
  for (std::size_t i = 0; i < exchanges.size(); ++i) {
    OpenCall& call = calls_[i];
    call.slot.begin(*exchanges[i], max_body);
    call.status = BP_OK;
    call.message.clear();
    call.open_epoch.store(epoch_, std::memory_order_relaxed);
    handles_.push_back(to_handle(call, epoch_));
  }
  open_.store(exchanges.size(), std::memory_order_release);
}

void CallTable::complete(OpenCall& call, std::uint32_t epoch, bp_status status,
                         std::string_view message) {
  const MutexLock lock(mutex_);
  if (!call.is_open(epoch)) {
    counts_.double_completions.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  call.status = status;
  if (!message.empty()) call.message.assign(message.substr(0, kMaxMessage));
  call.open_epoch.store(OpenCall::kClosed, std::memory_order_relaxed);
  if (open_.fetch_sub(1, std::memory_order_release) == 1 && waiting_) all_complete_.notify_one();
}

void CallTable::wait_all() {
  const MutexLock lock(mutex_);
  waiting_ = true;
  while (open_.load(std::memory_order_relaxed) > 0) all_complete_.wait(mutex_);
  waiting_ = false;
}

void CallTable::close_open(bp_status status, std::string_view message) {
  if (!any_open()) return;
  const MutexLock lock(mutex_);
  for (std::size_t i = 0; i < handles_.size(); ++i) {
    if (!calls_[i].is_open(epoch_)) continue;
    calls_[i].status = status;
    calls_[i].message.assign(message.substr(0, kMaxMessage));
    calls_[i].open_epoch.store(OpenCall::kClosed, std::memory_order_relaxed);
    open_.fetch_sub(1, std::memory_order_relaxed);
  }
}

}  // namespace backplane::host
