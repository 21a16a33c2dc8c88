#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "host/metrics/counter.hpp"

namespace backplane::host {

// A histogram of durations read as one value: counts by bucket, and the sum.
struct LatencySummary {
  static constexpr std::size_t kBuckets = 216;

  std::array<std::uint64_t, kBuckets> counts{};
  std::uint64_t count = 0;
  std::uint64_t sum_us = 0;

  // Adds another thread's share.
  LatencySummary& operator+=(const LatencySummary& other);
  // The duration that `quantile` (0..1) of all recorded ones do not exceed, as the upper end of
  // its bucket: at most 12.5 % too high. 0 when nothing was recorded.
  std::chrono::microseconds quantile(double quantile) const;
  // How many were shorter than 2^`log2_us` microseconds.
  std::uint64_t shorter_than(unsigned log2_us) const;
};

// Durations in microseconds, eight buckets to each power of two (as HdrHistogram with three bits):
// 1 us to 9 minutes, longer ones in the last bucket. One writing thread, any number of readers.
class LatencyHistogram {
 public:
  // [the writer] Negative durations count as 0.
  void record(std::chrono::nanoseconds duration);
  // [any] A reading that overlaps a record() may miss that one.
  LatencySummary read() const;

  // The bucket that holds `us`, and the largest value of a bucket. Pure.
  static std::size_t bucket_of(std::uint64_t us);
  static std::uint64_t upper_end_of(std::size_t bucket);

 private:
  std::array<Counter, LatencySummary::kBuckets> counts_;
  Counter sum_us_;
};

}  // namespace backplane::host
