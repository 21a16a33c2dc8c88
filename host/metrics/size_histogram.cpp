#include "host/metrics/size_histogram.hpp"

#include <algorithm>
#include <bit>

namespace backplane::host {

SizeSummary& SizeSummary::operator+=(const SizeSummary& other) {
  for (std::size_t i = 0; i < kBuckets; ++i) counts[i] += other.counts[i];
  count += other.count;
  sum += other.sum;
  return *this;
}

void SizeHistogram::record(std::uint64_t size) {
  counts_[bucket_of(size)].add();
  sum_.add(size);
}

SizeSummary SizeHistogram::read() const {
  SizeSummary summary;
  for (std::size_t i = 0; i < SizeSummary::kBuckets; ++i) {
    summary.counts[i] = counts_[i].value();
    summary.count += summary.counts[i];
  }
  summary.sum = sum_.value();
  return summary;
}

std::size_t SizeHistogram::bucket_of(std::uint64_t size) {
  if (size <= 1) return 0;
  return std::min(static_cast<std::size_t>(std::bit_width(size - 1)), SizeSummary::kBuckets - 1);
}

}  // namespace backplane::host
