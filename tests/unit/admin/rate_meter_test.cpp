#include "host/admin/rate_meter.hpp"

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

using Rates = std::map<std::string, double>;

TEST_SUITE("admin") {
  TEST_CASE("RateMeter: what was added since the last reading, per second") {
    const TimePoint start{std::chrono::hours(1)};
    RateMeter meter;
    CHECK(meter.measure({{"a", 100}}, start) == Rates{{"a", 0}});
    CHECK(meter.measure({{"a", 150}, {"b", 9}}, start + std::chrono::seconds(2)) ==
          Rates{{"a", 25}, {"b", 0}});
    CHECK(meter.measure({{"a", 150}, {"b", 10}}, start + std::chrono::milliseconds(2500)) ==
          Rates{{"a", 0}, {"b", 2}});
  }

  TEST_CASE("RateMeter: a count that has begun anew is no negative rate") {
    const TimePoint start{std::chrono::hours(1)};
    RateMeter meter;
    meter.measure({{"a", 100}}, start);
    CHECK(meter.measure({{"a", 5}}, start + std::chrono::seconds(1)) == Rates{{"a", 0}});
    CHECK(meter.measure({}, start + std::chrono::seconds(2)).empty());
  }
}

}  // namespace
}  // namespace backplane::host
