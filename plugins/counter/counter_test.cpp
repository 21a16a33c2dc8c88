#include <doctest/doctest.h>

#include <backplane/testing.hpp>

TEST_SUITE("plugins") {
  TEST_CASE("counter: each replica counts its own requests") {
    backplane::TestReplica first("counter", {.replica_index = 0});
    backplane::TestReplica second("counter", {.replica_index = 1});
    CHECK(first.send().body == R"({"current_counter":1})");
    CHECK(first.send().body == R"({"current_counter":2})");
    CHECK(second.send().body == R"({"current_counter":1})");
    CHECK(first.send().header("content-type") == "application/json");
  }
}
