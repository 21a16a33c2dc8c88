#include "host/batching/pending_request.hpp"

#include <type_traits>
#include <utility>

#include <doctest/doctest.h>

#include "tests/support/test_exchange.hpp"

namespace backplane::host {
namespace {

static_assert(!std::is_copy_constructible_v<PendingRequest>);

TEST_SUITE("batching") {
  TEST_CASE("PendingRequest: complete() gives the answer as it stands, once") {
    TestExchange exchange;
    {
      PendingRequest request(exchange);
      request.exchange().response.body = "hello";
      std::move(request).complete();
    }
    CHECK(exchange.completions() == 1);
    CHECK(exchange.answer() == "200 hello");
  }

  TEST_CASE("PendingRequest: fail() answers with the error, once") {
    TestExchange exchange;
    { PendingRequest(exchange).fail(Error(ErrorCode::kUnavailable, "no_replica", "gone")); }
    CHECK(exchange.completions() == 1);
    CHECK(exchange.response.status == 503);
    CHECK(exchange.has_code("no_replica"));
    CHECK(exchange.response.body.find("\"request_id\":\"test-1\"") != std::string::npos);
  }

  TEST_CASE("PendingRequest: one that is dropped answers 500, once") {
    TestExchange exchange;
    { const PendingRequest request(exchange); }
    CHECK(exchange.completions() == 1);
    CHECK(exchange.response.status == 500);
    CHECK(exchange.has_code("internal"));
  }

  TEST_CASE("PendingRequest: a dropped one leaves nothing of a half-made answer") {
    TestExchange exchange;
    REQUIRE(exchange.response.headers.add("Content-Type", "text/plain"));
    REQUIRE(exchange.response.headers.add("Set-Cookie", "half=1"));
    { const PendingRequest request(exchange); }
    CHECK(exchange.response.headers.find("Content-Type") == "application/problem+json");
    CHECK_FALSE(exchange.response.headers.contains("Set-Cookie"));
  }

  TEST_CASE("PendingRequest: moved, only the new holder owes the answer") {
    TestExchange exchange;
    {
      PendingRequest first(exchange);
      const PendingRequest second(std::move(first));
      // NOLINTNEXTLINE(bugprone-use-after-move,clang-analyzer-cplusplus.Move): what it says then
      CHECK_FALSE(first.valid());
      CHECK(second.valid());
      CHECK_FALSE(exchange.done());
    }
    CHECK(exchange.completions() == 1);
  }

  TEST_CASE("PendingRequest: one that is assigned over answers 500 for what it held") {
    TestExchange first;
    TestExchange second;
    PendingRequest request(first);
    request = PendingRequest(second);
    CHECK(first.completions() == 1);
    CHECK(first.response.status == 500);
    CHECK_FALSE(second.done());
    std::move(request).complete();
    CHECK(second.completions() == 1);
  }

  TEST_CASE("PendingRequest: released, it owes nothing any more") {
    TestExchange exchange;
    {
      PendingRequest request(exchange);
      CHECK(&std::move(request).release() == &exchange);
    }
    CHECK_FALSE(exchange.done());
  }
}

}  // namespace
}  // namespace backplane::host
