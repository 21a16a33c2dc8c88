#include "host/message/exchange.hpp"

#include <doctest/doctest.h>

#include "tests/support/test_exchange.hpp"

namespace backplane::host {
namespace {

TEST_SUITE("message") {
  TEST_CASE("Exchange: completing it gives it back to its home, once") {
    TestExchange exchange;
    CHECK_FALSE(exchange.done());
    exchange.complete();
    CHECK(exchange.completions() == 1);
  }

  TEST_CASE("Exchange: reset for the next request it remembers nothing but its home") {
    TestExchange exchange;
    RouteState state;
    exchange.response.status = 500;
    exchange.response.body = "x";
    REQUIRE(exchange.response.headers.add("A", "1"));
    exchange.next = &exchange;
    exchange.route = &state;
    exchange.queued = exchange.started = exchange.finished = Clock::now();
    exchange.due = Clock::now();
    exchange.batch_key = 7;
    exchange.batch_size = 3;
    exchange.fault = HandlerFault::kOther;
    exchange.abandon();
    REQUIRE(exchange.abandoned());
    REQUIRE(exchange.unwanted());

    exchange.reset();
    CHECK_FALSE(exchange.unwanted());
    CHECK(exchange.fault == HandlerFault::kNone);
    CHECK(exchange.response.status == 200);
    CHECK(exchange.response.body.empty());
    CHECK(exchange.response.headers.empty());
    CHECK(exchange.request.method.empty());
    CHECK(exchange.next == nullptr);
    CHECK(exchange.route == nullptr);
    CHECK(exchange.queued == TimePoint());
    CHECK(exchange.started == TimePoint());
    CHECK(exchange.finished == TimePoint());
    CHECK((exchange.due == kNever));
    CHECK(exchange.batch_key == 0);
    CHECK(exchange.batch_size == 0);
    CHECK_FALSE(exchange.abandoned());
    CHECK(exchange.home == &exchange);
  }

  TEST_CASE("Exchange: recalled it tells its handler, once, and nobody that it is abandoned") {
    TestExchange exchange;
    int told = 0;
    int calls_told = 0;
    const auto count = [](void* user) { ++*static_cast<int*>(user); };
    REQUIRE(exchange.abandonment().listen(count, &told));
    REQUIRE(exchange.calls().listen(count, &calls_told));
    exchange.recall();
    CHECK(told == 1);
    CHECK(exchange.unwanted());
    CHECK_FALSE(exchange.abandoned());
    CHECK(calls_told == 0);
    // Its client may leave all the same.
    exchange.abandon();
    CHECK(told == 1);
    CHECK(calls_told == 1);
    CHECK(exchange.abandoned());
  }
}

}  // namespace
}  // namespace backplane::host
