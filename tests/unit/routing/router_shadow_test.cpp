#include <doctest/doctest.h>

#include "host/routing/router.hpp"
#include "tests/unit/routing/router_fixture.hpp"

namespace backplane::host {
namespace {

using std::chrono::milliseconds;

struct Mirrored {
  std::shared_ptr<FakeSink> primary = std::make_shared<FakeSink>("a@1");
  std::shared_ptr<FakeSink> shadow = std::make_shared<FakeSink>("s@1");
  std::shared_ptr<Endpoint> endpoint;

  explicit Mirrored(double proportion)
      : endpoint(endpoint_on("one", "/one", {arm_to("a", 1, primary)})) {
    endpoint->shadows = {shadow_to("s", proportion, shadow)};
  }
};

TEST_SUITE("routing") {
  TEST_CASE("Router: a shadow gets an equal request with bytes of its own") {
    RouterFixture io;
    Mirrored mirrored(1.0);
    io.publish({mirrored.endpoint});
    std::string bytes = "body of the client|predict|key-1";
    const std::string_view all = bytes;
    TestExchange& exchange = io.request(
        "/one", "GET",
        {{"X-Serve-Call-Method", all.substr(19, 7)}, {"X-Serve-Shard-Key", all.substr(27, 5)}});
    exchange.request.body = all.substr(0, 18);
    io.router().handle(exchange);
    io.router().flush();
    REQUIRE(mirrored.primary->held() == 1);
    REQUIRE(mirrored.shadow->held() == 1);
    CHECK(mirrored.shadow->request(0).body == mirrored.primary->request(0).body);
    CHECK(mirrored.shadow->exchange(0).batch_key == exchange.batch_key);

    // The primary is answered and its connection reads the next request into the same memory.
    CHECK(mirrored.primary->answer_all("hello") == 1);
    io.finish_all();
    exchange.reset();
    bytes.assign(bytes.size(), '#');
    const HttpRequest& copy = mirrored.shadow->request(0);
    CHECK(copy.path == "/one");
    CHECK(copy.body == "body of the client");
    CHECK(copy.call_method == "predict");
    CHECK(copy.shard_key == "key-1");
    CHECK(copy.has_shard_key);
    CHECK(exchange.completions() == 1);
  }

  TEST_CASE(
      "Router: T70: a shadow that never answers, is full or closed, costs the primary nothing") {
    for (const std::string_view how : {"hangs", "full", "closed", "gone"}) {
      CAPTURE(how);
      RouterFixture io;
      Mirrored mirrored(1.0);
      if (how == "full") mirrored.shadow->set_room(0);
      if (how == "closed") mirrored.shadow->close();
      if (how == "gone") mirrored.endpoint->shadows[0].sink = nullptr;
      io.publish({mirrored.endpoint});
      TestExchange& exchange = io.send("/one");
      REQUIRE(mirrored.primary->answer_all("hello") == 1);
      io.finish_all();
      CHECK(exchange.completions() == 1);
      CHECK(exchange.answer() == "200 hello");
      CHECK(whole_of(*mirrored.endpoint).total() == 1);
    }
  }

  TEST_CASE("Router: a shadow's answer goes nowhere and counts nowhere") {
    RouterFixture io;
    Mirrored mirrored(1.0);
    io.publish({mirrored.endpoint});
    TestExchange& exchange = io.send("/one");
    CHECK(mirrored.shadow->answer_all("from the shadow") == 1);
    CHECK_FALSE(exchange.done());
    mirrored.primary->answer_all("from the primary");
    io.finish_all();
    CHECK(exchange.answer() == "200 from the primary");
    CHECK(whole_of(*mirrored.endpoint).total() == 1);
  }

  TEST_CASE("Router: shadows get their proportion, each by a draw of its own") {
    RouterFixture io;
    Mirrored mirrored(0.5);
    const auto rare = std::make_shared<FakeSink>("r@1");
    mirrored.endpoint->shadows.push_back(shadow_to("r", 0.1, rare));
    mirrored.endpoint->shadows.push_back(shadow_to("n", 0.0, rare));
    io.publish({mirrored.endpoint});
    std::size_t half = 0;
    std::size_t tenth = 0;
    for (int i = 0; i < 1000; ++i) {
      io.send("/one");
      half += mirrored.shadow->answer_all();
      tenth += rare->answer_all();
    }
    CHECK(mirrored.primary->held() == 1000);
    CHECK(half > 440);  // four sigma
    CHECK(half < 560);
    CHECK(tenth > 62);
    CHECK(tenth < 138);
  }

  TEST_CASE("Router: over its budget of copies a router mirrors no more, and serves on") {
    RouterFixture base;
    RouterSetup setup = base.setup();
    setup.shadow_budget = 3;
    Router router(setup);
    Mirrored mirrored(1.0);
    base.publish({mirrored.endpoint});
    for (int i = 0; i < 10; ++i) router.handle(base.request("/one"));
    router.flush();
    CHECK(mirrored.primary->held() == 10);
    CHECK(mirrored.shadow->held() == 3);
    CHECK(base.stats().shadows_dropped() == 7);
    mirrored.shadow->answer_all();
    router.handle(base.request("/one"));
    router.flush();
    CHECK(mirrored.shadow->held() == 1);
  }

  TEST_CASE("Router: a shadow's deadline is its own") {
    RouterFixture io;
    Mirrored mirrored(1.0);
    mirrored.endpoint->arms[0].request_timeout = milliseconds(100);
    mirrored.endpoint->shadows[0].request_timeout = milliseconds(700);
    io.publish({mirrored.endpoint});
    const HttpRequest& request = io.send("/one").request;
    CHECK((request.deadline == request.received_at + milliseconds(100)));
    CHECK((mirrored.shadow->request(0).deadline == request.received_at + milliseconds(700)));
  }

  TEST_CASE("Router: a shadow of a request that may take for ever has an end") {
    RouterFixture io;
    Mirrored mirrored(1.0);
    io.publish({mirrored.endpoint});
    const HttpRequest& request = io.send("/one").request;
    CHECK((request.deadline == kNever));
    CHECK((mirrored.shadow->request(0).deadline == request.received_at + std::chrono::minutes(1)));
  }

  TEST_CASE("Router: T68: a shadow's share is its own within each primary") {
    RouterFixture io;
    const auto a = std::make_shared<FakeSink>("a@1");
    const auto b = std::make_shared<FakeSink>("b@1");
    const auto shadow = std::make_shared<FakeSink>("s@1");
    const auto endpoint = endpoint_on("one", "/one", {arm_to("a", 0.5, a), arm_to("b", 0.5, b)});
    endpoint->shadows = {shadow_to("s", 0.5, shadow)};
    io.publish({endpoint});
    std::size_t of_a = 0;
    std::size_t of_b = 0;
    for (int i = 0; i < 2000; ++i) {
      io.send("/one");
      const bool to_a = a->answer_all() == 1;
      b->answer_all();
      (to_a ? of_a : of_b) += shadow->answer_all();
    }
    // Of a thousand each; four sigma.
    CHECK(of_a > 436);
    CHECK(of_a < 564);
    CHECK(of_b > 436);
    CHECK(of_b < 564);
  }

  TEST_CASE("Router: a copy is due as its original asked, within its own limit") {
    RouterFixture io;
    Mirrored mirrored(1.0);
    mirrored.endpoint->shadows[0].request_timeout = milliseconds(700);
    io.publish({mirrored.endpoint});
    const Exchange& original = io.send("/one", "GET", {{"X-Serve-Relative-Slo-Ms", "40"}});
    CHECK((original.due == original.request.received_at + milliseconds(40)));
    CHECK((mirrored.shadow->exchange(0).due == original.due));
  }

  TEST_CASE("Router: refused requests are not mirrored") {
    RouterFixture io;
    Mirrored mirrored(1.0);
    mirrored.endpoint->arms.clear();
    io.publish({mirrored.endpoint});
    CHECK(io.send("/one").response.status == 503);
    CHECK(mirrored.shadow->held() == 0);
  }

  TEST_CASE("Router: copies may come back after the router has gone") {
    RouterFixture io;
    Mirrored mirrored(1.0);
    io.publish({mirrored.endpoint});
    io.send("/one");
    CHECK(mirrored.primary->answer_all() == 1);
    io.finish_all();
    io.drop_router();
    CHECK(mirrored.shadow->answer_all() == 1);
  }
}

}  // namespace
}  // namespace backplane::host
