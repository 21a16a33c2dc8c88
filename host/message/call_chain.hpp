#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace backplane::host {

// The calls of handlers that led to a request, each of which may be waiting for the next: how many
// there are, and what executes their callers (RequestSink::id()). A plain value.
struct CallChain {
  static constexpr std::size_t kMaxHops = 8;

  std::size_t hops = 0;  // calls since the client's request; more than kMaxHops is too long
  std::array<std::uint64_t, kMaxHops> callers{};  // of the first `hops`, the client's own first
};

// The chain of a call made by what `executor` executes at the end of `chain`; null: of a client's
// own request. Pure.
inline CallChain extended(const CallChain* chain, std::uint64_t executor) {
  CallChain longer = chain == nullptr ? CallChain{} : *chain;
  if (longer.hops < CallChain::kMaxHops) longer.callers[longer.hops] = executor;
  if (longer.hops <= CallChain::kMaxHops) ++longer.hops;
  return longer;
}

// Whether a call of `executor`, which runs `slots` requests at once, would wait for itself: each of
// its slots is held by a caller in `chain`, and none of them is free before this call is answered.
// Pure.
inline bool must_deadlock(const CallChain& chain, std::uint64_t executor, std::size_t slots) {
  const auto* const end = chain.callers.begin() + std::min(chain.hops, CallChain::kMaxHops);
  return static_cast<std::size_t>(std::count(chain.callers.begin(), end, executor)) >= slots;
}

}  // namespace backplane::host
