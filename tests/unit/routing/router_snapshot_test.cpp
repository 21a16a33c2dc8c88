#include <memory>

#include <doctest/doctest.h>

#include "host/routing/router.hpp"
#include "tests/unit/routing/router_fixture.hpp"

namespace backplane::host {
namespace {

TEST_SUITE("routing") {
  TEST_CASE("Router: T52: the first request after a publish sees the new weights") {
    RouterFixture io;
    const auto a = std::make_shared<FakeSink>("a@1");
    const auto b = std::make_shared<FakeSink>("b@1");
    for (int round = 0; round < 5; ++round) {
      io.publish({endpoint_on("one", "/one", {arm_to("a", 1, a)})});
      io.send("/one");
      CHECK(a->answer_all() == 1);
      io.publish({endpoint_on("one", "/one", {arm_to("b", 1, b)})});
      io.send("/one");
      CHECK(b->answer_all() == 1);
      io.finish_all();
    }
    CHECK(a->held() == 0);
  }

  TEST_CASE("Router: a publish that leaves an endpoint alone leaves its place in the block") {
    RouterFixture io;
    const auto a = std::make_shared<FakeSink>("a@1");
    const auto b = std::make_shared<FakeSink>("b@1");
    const auto split = endpoint_on("split", "/split", {arm_to("a", 0.5, a), arm_to("b", 0.5, b)});
    for (int i = 0; i < 32; ++i) {
      // Begun anew each time, the split would be a coin's.
      io.publish({endpoint_on("other" + std::to_string(i), "/other", {}), split});
      io.send("/split");
    }
    CHECK(a->held() == 16);
    CHECK(b->held() == 16);
  }

  TEST_CASE("Router: an idle router lets a former backend go at its next turn") {
    RouterFixture io;
    auto a = std::make_shared<FakeSink>("a@1");
    io.publish({endpoint_on("one", "/one", {arm_to("a", 1, a)})});
    io.send("/one");
    a->answer_all();
    io.finish_all();
    io.publish({});
    CHECK(a.use_count() == 2);  // the router's snapshot still names it
    io.router().flush();
    CHECK(a.use_count() == 1);
  }

  TEST_CASE("Router: what a request was routed by stays until that request is finished") {
    RouterFixture io;
    const auto a = std::make_shared<FakeSink>("a@1");
    auto endpoint = endpoint_on("one", "/one", {arm_to("a", 1, a)});
    const std::weak_ptr<Endpoint> watch = endpoint;
    io.publish({endpoint});
    endpoint.reset();
    TestExchange& exchange = io.send("/one");
    // Several publishes later, each seen by the router.
    for (int i = 0; i < 3; ++i) {
      io.publish({});
      io.router().flush();
    }
    CHECK_FALSE(watch.expired());
    a->answer_all("late");
    io.finish_all();
    CHECK(exchange.response.headers.find("Backplane-Backend") == "a@1");
    io.router().flush();
    CHECK(watch.expired());
  }

  TEST_CASE("Router: requests gathered before a publish go where they were routed") {
    RouterFixture io;
    auto a = std::make_shared<FakeSink>("a@1");
    const auto b = std::make_shared<FakeSink>("b@1");
    io.publish({endpoint_on("one", "/one", {arm_to("a", 1, a)})});
    io.router().handle(io.request("/one"));
    io.publish({endpoint_on("one", "/one", {arm_to("b", 1, b)})});
    io.router().handle(io.request("/one"));
    // The router's alone now: it must not have let go of what it still has to send to.
    const std::weak_ptr<FakeSink> watch = a;
    a.reset();
    REQUIRE_FALSE(watch.expired());
    io.router().flush();
    REQUIRE_FALSE(watch.expired());
    CHECK(watch.lock()->answer_all() == 1);
    CHECK(b->answer_all() == 1);
    io.finish_all();
    io.router().flush();
    CHECK(watch.expired());
  }

  TEST_CASE("Router: refused requests hold on to nothing once they are finished") {
    RouterFixture io;
    const auto a = std::make_shared<FakeSink>("a@1");
    a->close();
    io.publish({endpoint_on("one", "/one", {arm_to("a", 1, a)}), endpoint_on("empty", "/empty", {}),
                endpoint_on("down", "/down", {arm_to("d", 1, nullptr)})});
    for (const std::string_view path : {"/one", "/empty", "/down", "/none", "/-/routes"}) {
      io.send(path);
    }
    io.send("/one", "GET", {{"X-Request-Timeout", "x"}});
    io.finish_all();
    io.publish({});
    io.router().flush();
    CHECK(a.use_count() == 1);
  }
}

}  // namespace
}  // namespace backplane::host
