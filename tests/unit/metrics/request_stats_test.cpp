#include "host/metrics/request_stats.hpp"

#include <doctest/doctest.h>

#include "host/metrics/http_counters.hpp"

namespace backplane::host {
namespace {

TEST_SUITE("metrics") {
  TEST_CASE("RequestStats: the sum over the threads is what is read") {
    RequestStats stats(3);
    stats.record(0, Outcome::kOk, std::chrono::microseconds(10));
    stats.record(1, Outcome::kOk, std::chrono::microseconds(20));
    stats.record(2, Outcome::kFailed, std::chrono::microseconds(30));
    const RequestSummary sum = stats.read();
    CHECK(sum.total() == 3);
    CHECK(sum.outcomes[static_cast<std::size_t>(Outcome::kOk)] == 2);
    CHECK(sum.outcomes[static_cast<std::size_t>(Outcome::kFailed)] == 1);
    CHECK(sum.latency.sum_us == 60);
  }

  TEST_CASE("HttpCounters: they share no cache line with what stands beside them") {
    CHECK(alignof(HttpCounters) == kCacheLine);
    CHECK(sizeof(HttpCounters) % kCacheLine == 0);
  }

  TEST_CASE("outcome_of: each class of answers has its own") {
    CHECK(outcome_of(200, false) == Outcome::kOk);
    CHECK(outcome_of(404, false) == Outcome::kClientError);
    CHECK(outcome_of(429, false) == Outcome::kRejected);
    CHECK(outcome_of(503, false) == Outcome::kRejected);
    CHECK(outcome_of(500, false) == Outcome::kFailed);
    CHECK(outcome_of(504, true) == Outcome::kTimeout);
    CHECK(outcome_of(200, true) == Outcome::kClientGone);
    CHECK(outcome_of(499, false) == Outcome::kClientGone);
  }
}

}  // namespace
}  // namespace backplane::host
