#include <doctest/doctest.h>

#include <backplane/testing.hpp>

TEST_SUITE("plugins") {
  TEST_CASE("batching: counts once for a batch and answers everyone in it with that count") {
    backplane::TestReplica batching("batching");
    for (const auto& answer : batching.send_batch({{}, {}, {}})) CHECK(answer.body == "1");
    CHECK(batching.send().body == "2");
    CHECK(batching.descriptor().max_batch == 64);
  }
}
