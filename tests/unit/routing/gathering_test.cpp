#include "host/routing/gathering.hpp"

#include <utility>

#include <doctest/doctest.h>

#include "tests/support/fake_sink.hpp"
#include "tests/support/test_exchange.hpp"

namespace backplane::host {
namespace {

TEST_SUITE("routing") {
  TEST_CASE("Gathering: requests are held for their sink, in order, until they are taken") {
    TestExchange first;
    TestExchange other;
    TestExchange second;
    FakeSink a("a@1");
    FakeSink b("b@1");
    Gathering gathering;
    CHECK(gathering.empty());
    CHECK(gathering.held_for(a) == 0);
    gathering.add(a, first);
    gathering.add(b, other);
    gathering.add(a, second);
    CHECK(gathering.held_for(a) == 2);
    CHECK(gathering.held_for(b) == 1);
    while (!gathering.empty()) {
      Gathering::Burst burst = gathering.take();
      CHECK(gathering.held_for(*burst.sink) == 0);
      REQUIRE(burst.sink->submit(burst.requests, 0).ok());
    }
    REQUIRE(a.held() == 2);
    CHECK(&a.exchange(0) == &first);
    CHECK(&a.exchange(1) == &second);
    CHECK(b.held() == 1);
  }

  TEST_CASE("Gathering: what it still holds when it goes is answered 500") {
    TestExchange left;
    FakeSink sink("a@1");
    {
      Gathering gathering;
      gathering.add(sink, left);
    }
    CHECK(left.completions() == 1);
    CHECK(left.response.status == 500);
  }
}

}  // namespace
}  // namespace backplane::host
