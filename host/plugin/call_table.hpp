#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <backplane/abi.h>

#include "host/plugin/open_call.hpp"

namespace backplane::host {

// The calls that one replica has out with its plugin, of a handler that completes them before it
// returns. Owned by a LoadedHandler; begin() … close_open() on its replica's thread, complete()
// from any thread.
class CallTable final : public CallOwner {
 public:
  CallTable(ContractCounts& counts, const LogPlace& place, std::shared_ptr<const void> code)
      : CallOwner(counts, place, std::move(code)) {}

  // [replica] Opens one call for each exchange.
  void begin(std::span<Exchange* const> exchanges, std::uint64_t max_body);
  // [replica] What the plugin gets: as many as begin() was given.
  std::span<bp_call* const> handles() const { return handles_; }

  void complete(OpenCall& call, std::uint32_t epoch, bp_status status,
                std::string_view message) override;
  void let_go(OpenCall& call) override;

  // [replica] Acquire: when none is, what the completions have written is to be seen.
  bool any_open() const { return open_.load(std::memory_order_acquire) > 0; }
  // [replica] Completes what the plugin left open, and waits for completions that are under way.
  void close_open(bp_status status, std::string_view message);
  // [replica] The calls of this begin(), all complete.
  std::size_t size() const { return handles_.size(); }
  OpenCall& operator[](std::size_t i) { return *calls_[i]; }

 private:
  std::vector<std::unique_ptr<OpenCall>> calls_;  // grows to the largest batch; addresses stay
  std::vector<bp_call*> handles_;
  std::uint32_t epoch_ = 0;
  // Set by begin(), before the plugin has any handle; counted down by completions. The release
  // there and the acquire in any_open() show the replica what they have written.
  std::atomic<std::size_t> open_{0};
};

}  // namespace backplane::host
