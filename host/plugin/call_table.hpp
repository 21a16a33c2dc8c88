#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <backplane/abi.h>

#include "host/base/mutex.hpp"
#include "host/plugin/call_slot.hpp"

namespace backplane::host {

class CallTable;

// One call as a plugin holds it. Aligned, so that the low bits of its address are free to tell one
// use of the slot from the next: a plugin that completes a call long after it was answered must
// not answer somebody else's.
struct alignas(64) OpenCall {
  static constexpr std::uint32_t kEpochs = 64;

  explicit OpenCall(CallTable& owner) : table(owner) {}

  CallTable& table;
  CallSlot slot;
  // The epoch in which the call is open, or kClosed. Written under the table's mutex; a relaxed
  // read elsewhere only catches plugins that break the contract.
  std::atomic<std::uint32_t> open_epoch{kClosed};
  bp_status status = BP_OK;  // of the completion
  std::string message;       // of the completion, cut to a bound

  static constexpr std::uint32_t kClosed = kEpochs;
  bool is_open(std::uint32_t epoch) const {
    return open_epoch.load(std::memory_order_relaxed) == epoch;
  }
};

// What plugins of one library did against the contract; read by whoever reports. Any thread.
struct ContractCounts {
  std::atomic<std::uint64_t> violations{0};          // services misused, calls left open
  std::atomic<std::uint64_t> double_completions{0};  // completions of what was complete
};

// The calls that one replica has out with its plugin. Owned by a LoadedHandler; begin() … end() on
// its replica's thread, complete() from any thread.
class CallTable {
 public:
  explicit CallTable(ContractCounts& counts) : counts_(counts) {}

  // [replica] Opens one call for each exchange.
  void begin(std::span<Exchange* const> exchanges, std::uint64_t max_body);
  // [replica] What the plugin gets: as many as begin() was given.
  std::span<bp_call* const> handles() const { return handles_; }

  // [any] First one wins; later ones are counted.
  void complete(OpenCall& call, std::uint32_t epoch, bp_status status, std::string_view message);
  // [any] The contract was broken otherwise.
  void count_violation() { counts_.violations.fetch_add(1, std::memory_order_relaxed); }

  // [replica] Blocks until the plugin has completed every call.
  void wait_all();
  // [replica] Acquire: when none is, what the completions have written is to be seen.
  bool any_open() const { return open_.load(std::memory_order_acquire) > 0; }
  // [replica] Completes what the plugin left open.
  void close_open(bp_status status, std::string_view message);
  // [replica] The calls of this begin(), all complete.
  std::size_t size() const { return handles_.size(); }
  OpenCall& operator[](std::size_t i) { return calls_[i]; }

 private:
  ContractCounts& counts_;
  std::deque<OpenCall> calls_;  // grows to the largest batch; addresses stay
  std::vector<bp_call*> handles_;
  std::uint32_t epoch_ = 0;
  Mutex mutex_;
  CondVar all_complete_;
  bool waiting_ BP_GUARDED_BY(mutex_) = false;  // in wait_all(), as only async handlers need
  // Set by begin(), before the plugin has any handle; counted down under the mutex. The release
  // there and the acquire in any_open() show the replica what the completions have written, so
  // that the usual case costs one lock a call.
  std::atomic<std::size_t> open_{0};
};

}  // namespace backplane::host
