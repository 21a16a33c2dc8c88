#include "host/admin/admin_query.hpp"

#include <string>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

constexpr unsigned kAll = kDryRun | kWait | kPage;

std::string refusal(std::string_view query, unsigned allowed = kAll) {
  const auto parsed = parse_admin_query(query, allowed);
  if (parsed.ok()) return "accepted";
  CHECK(parsed.error().code() == ErrorCode::kMalformed);
  CHECK(parsed.error().reason() == "bad_query");
  return parsed.error().message();
}

TEST_SUITE("admin") {
  TEST_CASE("parse_admin_query: what is not said has its default") {
    const auto parsed = parse_admin_query("", kNoParameters);
    REQUIRE(parsed.ok());
    CHECK_FALSE(parsed.value().dry_run);
    CHECK_FALSE(parsed.value().wait.has_value());
    CHECK(parsed.value().limit == 50);
    CHECK(parsed.value().before == 0);
  }

  TEST_CASE("parse_admin_query: every parameter is read") {
    const auto parsed =
        parse_admin_query("dry_run=true&wait_ms=0&limit=1000&before=18446744073709551615", kAll);
    REQUIRE(parsed.ok());
    CHECK(parsed.value().dry_run);
    CHECK(parsed.value().wait == std::chrono::milliseconds(0));
    CHECK(parsed.value().limit == 1000);
    CHECK(parsed.value().before == UINT64_MAX);
    CHECK_FALSE(parse_admin_query("dry_run=false", kDryRun).value().dry_run);
  }

  TEST_CASE("parse_admin_query: a parameter of another call is refused with those of this one") {
    CHECK(refusal("a=1", kNoParameters) == "found 'a'; this call takes no query parameters");
    CHECK(refusal("limit=1", kDryRun | kWait) ==
          "found 'limit'; this call takes no other query parameters than dry_run, wait_ms");
    CHECK(
        refusal("dry_run=true&&") ==
        "found ''; this call takes no other query parameters than dry_run, wait_ms, limit, before");
  }

  TEST_CASE("parse_admin_query: a parameter is given once") {
    CHECK(refusal("wait_ms=1&dry_run=true&wait_ms=1") == "'wait_ms' is given twice");
  }

  TEST_CASE("parse_admin_query: a value out of its range is refused with the range") {
    CHECK(refusal("dry_run=1") == "found '1' for 'dry_run', wanted true or false");
    CHECK(refusal("dry_run") == "found '' for 'dry_run', wanted true or false");
    CHECK(refusal("wait_ms=600001") ==
          "found '600001' for 'wait_ms', wanted an integer from 0 to 600000");
    CHECK(refusal("wait_ms=-1") == "found '-1' for 'wait_ms', wanted an integer from 0 to 600000");
    CHECK(refusal("wait_ms=1.5") ==
          "found '1.5' for 'wait_ms', wanted an integer from 0 to 600000");
    CHECK(refusal("limit=0") == "found '0' for 'limit', wanted an integer from 1 to 1000");
    CHECK(refusal("before=18446744073709551616").starts_with("found '18446744073709551616'"));
  }
}

}  // namespace
}  // namespace backplane::host
