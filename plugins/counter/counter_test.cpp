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

  TEST_CASE("counter: who takes over goes on counting, and takes nothing else") {
    backplane::TestReplica former("counter");
    former.send();
    former.send();
    backplane::TestReplica next("counter", {.generation = 2});
    next.restore_state(former.save_state());
    CHECK(next.send().body == R"({"current_counter":3})");
    CHECK(former.send().body == R"({"current_counter":3})");
    for (const char* const wrong : {"", "three", "3 "}) {
      CHECK_THROWS_AS(next.restore_state({.bytes = wrong}), backplane::Error);
    }
  }
}
