#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "host/metrics/counter.hpp"
#include "host/metrics/latency_histogram.hpp"

namespace backplane::host {

// How a request ended, seen by the host.
enum class Outcome : std::uint8_t {
  kOk,           // any answer below 400
  kClientError,  // 4xx
  kRejected,     // 429 or 503: it never ran
  kFailed,       // 500, 501, 502
  kTimeout,      // 504
  kClientGone,   // nobody waited for the answer
};
inline constexpr std::size_t kOutcomes = 6;

std::string_view name_of(Outcome outcome);
// Pure.
Outcome outcome_of(unsigned status, bool abandoned);

// Requests by outcome and their latency from first byte to answer: one thread's, or a sum.
struct RequestSummary {
  std::array<std::uint64_t, kOutcomes> outcomes{};
  LatencySummary latency;

  std::uint64_t total() const;
  RequestSummary& operator+=(const RequestSummary& other);
};

// Requests of one endpoint, or of one of its arms, counted by each io thread in a block of its
// own: no lock and no shared cache line on the request path. Shared by snapshots and readers.
class RequestStats {
 public:
  // `shards`: how many threads will record, each with a number of its own below `shards`.
  explicit RequestStats(std::size_t shards) : shards_(shards) {}

  // [the thread that owns `shard`]
  void record(std::size_t shard, Outcome outcome, std::chrono::nanoseconds latency);
  // [any]
  RequestSummary read() const;

 private:
  struct alignas(kCacheLine) Shard {
    std::array<Counter, kOutcomes> outcomes;
    LatencyHistogram latency;
  };
  static_assert(alignof(Shard) == kCacheLine && sizeof(Shard) % kCacheLine == 0);
  std::vector<Shard> shards_;
};

}  // namespace backplane::host
