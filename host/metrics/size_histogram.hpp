#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "host/metrics/counter.hpp"

namespace backplane::host {

// A histogram of sizes read as one value.
struct SizeSummary {
  // 1, 2, 3 to 4, 5 to 8, … 513 to 1024, and what is larger.
  static constexpr std::size_t kBuckets = 12;

  std::array<std::uint64_t, kBuckets> counts{};
  std::uint64_t count = 0;
  std::uint64_t sum = 0;

  // Adds another thread's share.
  SizeSummary& operator+=(const SizeSummary& other);
};

// Sizes of 1 and more, one bucket for each power of two. One writing thread, any number of readers.
class SizeHistogram {
 public:
  // [the writer]
  void record(std::uint64_t size);
  // [any] A reading that overlaps a record() may miss that one.
  SizeSummary read() const;

  // The bucket that holds `size`; its largest size is 2^bucket, but for the last one. Pure.
  static std::size_t bucket_of(std::uint64_t size);

 private:
  std::array<Counter, SizeSummary::kBuckets> counts_;
  Counter sum_;
};

}  // namespace backplane::host
