#include "host/metrics/size_histogram.hpp"

#include <doctest/doctest.h>

namespace backplane::host {

TEST_SUITE("metrics") {
  TEST_CASE("SizeHistogram: a bucket ends at each power of two, the last takes the rest") {
    for (std::size_t bucket = 0; bucket + 1 < SizeSummary::kBuckets; ++bucket) {
      const std::uint64_t end = std::uint64_t{1} << bucket;
      CHECK(SizeHistogram::bucket_of(end) == bucket);
      CHECK(SizeHistogram::bucket_of(end + 1) == bucket + 1);
    }
    CHECK(SizeHistogram::bucket_of(1'000'000) == SizeSummary::kBuckets - 1);
  }

  TEST_CASE("SizeSummary: the shares of two threads add up") {
    SizeHistogram one;
    SizeHistogram other;
    one.record(1);
    one.record(8);
    other.record(8);
    SizeSummary sum = one.read();
    sum += other.read();
    CHECK(sum.count == 3);
    CHECK(sum.sum == 17);
    CHECK(sum.counts[0] == 1);
    CHECK(sum.counts[3] == 2);
  }
}

}  // namespace backplane::host
