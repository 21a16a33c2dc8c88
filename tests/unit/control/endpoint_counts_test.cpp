#include "host/control/endpoint_counts.hpp"

#include <algorithm>
#include <optional>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

void count(RequestStats& stats, int times) {
  for (int i = 0; i < times; ++i) stats.record(0, Outcome::kOk, std::chrono::microseconds(1));
}

// The count of one series; none when it is not there.
std::optional<std::uint64_t> of(const EndpointCounts& counts, std::string_view backend,
                                std::string_view generation) {
  const auto all = counts.series();
  const auto found = std::find_if(all.begin(), all.end(), [&](const EndpointSeries& series) {
    return series.backend == backend && series.generation == generation;
  });
  if (found == all.end()) return std::nullopt;
  return found->summary.total();
}

}  // namespace

TEST_SUITE("control") {
  TEST_CASE("EndpointCounts: each generation has its own count, and they add up") {
    EndpointCounts counts(1);
    count(*counts.unrouted(), 1);
    count(*counts.arm("a", 0), 2);
    count(*counts.arm("a", 1), 4);
    count(*counts.arm("b", 1), 8);
    count(*counts.arm("a", 1), 16);
    CHECK(of(counts, "", "") == 1);
    CHECK(of(counts, "a", "") == 2);
    CHECK(of(counts, "a", "1") == 20);
    CHECK(of(counts, "b", "1") == 8);
    CHECK(counts.of_backend("a").total() == 22);
    CHECK(counts.of_backend("nobody").total() == 0);
    CHECK(counts.total().total() == 31);
    CHECK(counts.total().latency.count == 31);
  }

  TEST_CASE("EndpointCounts: B56: generations long gone are folded, and no sum falls") {
    EndpointCounts counts(1);
    std::uint64_t wanted = 0;
    for (int generation = 1; generation <= 20; ++generation) {
      count(*counts.arm("a", static_cast<std::uint64_t>(generation)), generation);
      wanted += static_cast<std::uint64_t>(generation);
      counts.fold();
      CHECK(counts.total().total() == wanted);
      CHECK(counts.of_backend("a").total() == wanted);
    }
    // Itself without a backend, the remainder and the kept ones.
    CHECK(counts.series().size() == 2 + EndpointCounts::kKeptGenerations);
    CHECK(of(counts, "a", "older") == 16 * 17 / 2);
    CHECK(of(counts, "a", "17") == 17);
    CHECK_FALSE(of(counts, "a", "16").has_value());
  }

  TEST_CASE("EndpointCounts: what somebody may still write to is not folded") {
    EndpointCounts counts(1);
    const std::shared_ptr<RequestStats> in_use = counts.arm("a", 1);
    for (std::uint64_t generation = 2; generation <= 9; ++generation) {
      counts.arm("a", generation);
    }
    counts.fold();
    count(*in_use, 3);
    CHECK(of(counts, "a", "1") == 3);
    CHECK(counts.total().total() == 3);
  }

  TEST_CASE("EndpointCounts: backends that come and go do not pile up, and no sum falls") {
    EndpointCounts counts(1);
    for (int i = 0; i < 300; ++i) {
      count(*counts.arm("b" + std::to_string(i), 1), 1);
      counts.fold();
    }
    CHECK(counts.series().size() == 2 + EndpointCounts::kKeptBackends);
    CHECK(of(counts, "", "older") == 300 - EndpointCounts::kKeptBackends);
    CHECK(counts.total().total() == 300);
  }
}

}  // namespace backplane::host
