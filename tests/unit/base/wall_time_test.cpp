#include "host/base/wall_time.hpp"

#include <string>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

TEST_SUITE("base") {
  TEST_CASE("wall time: a moment is written as RFC 3339 says and read back") {
    CHECK(to_text(WallTime{}) == "1970-01-01T00:00:00Z");
    CHECK(to_text(WallTime{std::chrono::seconds{1'767'323'045}}) == "2026-01-02T03:04:05Z");
    // Beyond the end of a 32-bit clock.
    for (const char* text : {"1969-12-31T23:59:59Z", "2024-02-29T12:00:00Z", "2038-01-19T03:14:08Z",
                             "9999-12-31T23:59:59Z"}) {
      CAPTURE(text);
      const auto time = parse_wall_time(text);
      REQUIRE(time.has_value());
      CHECK(to_text(*time) == text);
    }
  }

  TEST_CASE("wall time: another form, another zone and a day that is none are refused") {
    for (const char* text :
         {"", "2026-01-02", "2026-01-02 03:04:05Z", "2026-01-02T03:04:05", "2026-01-02T03:04:05z",
          "2026-01-02T03:04:05+00:00", "2026-01-02T03:04:05.5Z", "2026-1-2T03:04:05Z",
          "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-10T00:00:00Z",
          "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z",
          " 2026-01-02T03:04:05Z"}) {
      CAPTURE(text);
      CHECK_FALSE(parse_wall_time(text).has_value());
    }
  }
}

}  // namespace
}  // namespace backplane::host
