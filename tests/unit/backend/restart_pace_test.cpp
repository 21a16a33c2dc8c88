#include "host/backend/restart_pace.hpp"

#include <doctest/doctest.h>

namespace backplane::host {

TEST_SUITE("backend") {
  TEST_CASE("RestartPace: the first is at once, the next ones further and further apart") {
    const TimePoint start = TimePoint() + std::chrono::hours(1);
    RestartPace pace;
    CHECK(pace.allows(start));
    TimePoint now = start;
    for (const int wait : {100, 200, 400, 800, 1600, 3200, 6400, 10'000, 10'000}) {
      CAPTURE(wait);
      pace.count(now);
      CHECK_FALSE(pace.allows(now + std::chrono::milliseconds(wait - 1)));
      now += std::chrono::milliseconds(wait);
      CHECK(pace.allows(now));
    }
  }

  TEST_CASE("RestartPace: after a minute without, it begins again") {
    const TimePoint start = TimePoint() + std::chrono::hours(1);
    RestartPace pace;
    pace.count(start);
    pace.count(start + RestartPace::kFirst);
    const TimePoint later = start + RestartPace::kFirst + RestartPace::kCalm;
    pace.count(later);
    CHECK(pace.allows(later + RestartPace::kFirst));
  }
}

}  // namespace backplane::host
