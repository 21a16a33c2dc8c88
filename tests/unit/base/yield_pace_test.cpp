#include "host/base/yield_pace.hpp"

#include <chrono>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr TimePoint kStart{hours(1)};

// That it works for `pause` after the others took `took`, and no longer.
void check_pause(Duration took, Duration pause) {
  YieldPace pace;
  pace.note(kStart, kStart + took);
  CHECK(pace.is_due(kStart + took + pause));
  CHECK_FALSE(pace.is_due(kStart + took + pause - std::chrono::nanoseconds(1)));
}

TEST_SUITE("base") {
  TEST_CASE("YieldPace: the first time is always due, and so is any where nobody waits") {
    CHECK(YieldPace().is_due(kStart));
    check_pause({}, {});
    check_pause(std::chrono::nanoseconds(300), {});
  }

  TEST_CASE("YieldPace: the pause grows with the square of what the others took") {
    check_pause(microseconds(100), microseconds(10));
    check_pause(milliseconds(1), milliseconds(1));
    check_pause(milliseconds(10), milliseconds(100));
  }

  TEST_CASE("YieldPace: who was not let run for long does it again all the same") {
    check_pause(milliseconds(32), milliseconds(1024));
    check_pause(hours(24), milliseconds(1024));
  }
}

}  // namespace
}  // namespace backplane::host
