#include "host/metrics/latency_histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace backplane::host {

LatencySummary& LatencySummary::operator+=(const LatencySummary& other) {
  for (std::size_t i = 0; i < kBuckets; ++i) counts[i] += other.counts[i];
  count += other.count;
  sum_us += other.sum_us;
  return *this;
}

std::chrono::microseconds LatencySummary::quantile(double quantile) const {
  if (count == 0) return std::chrono::microseconds(0);
  const auto rank = std::max<std::uint64_t>(
      1, static_cast<std::uint64_t>(std::ceil(quantile * static_cast<double>(count))));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    seen += counts[i];
    if (seen >= rank) return std::chrono::microseconds(LatencyHistogram::upper_end_of(i));
  }
  return std::chrono::microseconds(LatencyHistogram::upper_end_of(kBuckets - 1));
}

std::uint64_t LatencySummary::shorter_than(unsigned log2_us) const {
  // A power of two begins a bucket, so nothing is split.
  const std::size_t end = LatencyHistogram::bucket_of(std::uint64_t{1} << log2_us);
  return std::accumulate(counts.begin(), counts.begin() + static_cast<std::ptrdiff_t>(end),
                         std::uint64_t{0});
}

void LatencyHistogram::record(std::chrono::nanoseconds duration) {
  const std::int64_t us = duration.count() / 1000;
  const std::uint64_t value = us > 0 ? static_cast<std::uint64_t>(us) : 0;
  counts_[bucket_of(value)].add();
  sum_us_.add(value);
}

LatencySummary LatencyHistogram::read() const {
  LatencySummary summary;
  for (std::size_t i = 0; i < LatencySummary::kBuckets; ++i) {
    summary.counts[i] = counts_[i].value();
    summary.count += summary.counts[i];
  }
  summary.sum_us = sum_us_.value();
  return summary;
}

std::size_t LatencyHistogram::bucket_of(std::uint64_t us) {
  if (us < 8) return static_cast<std::size_t>(us);
  // The three bits below the leading one choose among the eight buckets of its power of two.
  const auto log2 = static_cast<unsigned>(std::bit_width(us)) - 1;
  const auto step = static_cast<std::size_t>((us >> (log2 - 3U)) & 7U);
  return std::min((static_cast<std::size_t>(log2) - 2) * 8 + step, LatencySummary::kBuckets - 1);
}

std::uint64_t LatencyHistogram::upper_end_of(std::size_t bucket) {
  if (bucket < 8) return bucket;
  const std::size_t log2 = bucket / 8 + 2;
  const std::size_t step = bucket % 8;
  return (std::uint64_t{8 + step + 1} << (log2 - 3)) - 1;
}

}  // namespace backplane::host
