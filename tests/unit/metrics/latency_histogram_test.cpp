#include "host/metrics/latency_histogram.hpp"

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

TEST_SUITE("metrics") {
  TEST_CASE("LatencyHistogram: every bucket ends where the next begins") {
    for (std::size_t bucket = 0; bucket + 1 < LatencySummary::kBuckets; ++bucket) {
      const std::uint64_t end = LatencyHistogram::upper_end_of(bucket);
      CHECK(LatencyHistogram::bucket_of(end) == bucket);
      CHECK(LatencyHistogram::bucket_of(end + 1) == bucket + 1);
    }
  }

  TEST_CASE("LatencyHistogram: T110: 0 to 100 has its median at 50 and p90, p95 within a bucket") {
    LatencyHistogram histogram;
    for (int us = 0; us <= 100; ++us) histogram.record(microseconds(us));
    const LatencySummary summary = histogram.read();
    CHECK(summary.count == 101);
    CHECK(summary.sum_us == 5050);
    CHECK(summary.quantile(0.5).count() >= 50);
    CHECK(summary.quantile(0.5).count() <= 56);
    CHECK(summary.quantile(0.9).count() >= 90);
    CHECK(summary.quantile(0.9).count() <= 102);
    CHECK(summary.quantile(0.95).count() >= 95);
    CHECK(summary.quantile(0.95).count() <= 107);
  }

  TEST_CASE("LatencyHistogram: what is longer than the last bucket is counted there") {
    LatencyHistogram histogram;
    histogram.record(seconds(10'000));
    histogram.record(microseconds(-5));
    const LatencySummary summary = histogram.read();
    CHECK(summary.counts.back() == 1);
    CHECK(summary.counts.front() == 1);
  }

  TEST_CASE("LatencySummary: nothing recorded has quantile 0") {
    CHECK(LatencySummary{}.quantile(0.99).count() == 0);
  }
}

}  // namespace
}  // namespace backplane::host
