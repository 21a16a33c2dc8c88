#include "host/routing/router.hpp"

#include <doctest/doctest.h>

#include "tests/unit/routing/router_fixture.hpp"

namespace backplane::host {
namespace {

using std::chrono::milliseconds;

TEST_SUITE("routing") {
  TEST_CASE("Router: a request goes to the backend of its path, and the answer names it") {
    RouterFixture io;
    const auto a = std::make_shared<FakeSink>("a@1");
    const auto b = std::make_shared<FakeSink>("b@3");
    io.publish({endpoint_on("one", "/one", {arm_to("a", 1, a)}),
                endpoint_on("two", "/two", {arm_to("b", 1, b)})});
    TestExchange& exchange = io.send("/two");
    CHECK(a->held() == 0);
    REQUIRE(b->answer_all("hello") == 1);
    io.finish_all();
    CHECK(exchange.answer() == "200 hello");
    CHECK(exchange.response.headers.find("Backplane-Backend") == "b@3");
  }

  TEST_CASE("Router: a request is recalled with the backend that has it") {
    RouterFixture io;
    const auto a = std::make_shared<FakeSink>("a@1");
    const auto b = std::make_shared<FakeSink>("b@3");
    io.publish({endpoint_on("one", "/one", {arm_to("a", 1, a)}),
                endpoint_on("two", "/two", {arm_to("b", 1, b)})});
    const TestExchange& one = io.send("/one");
    const TestExchange& two = io.send("/two");
    const TestExchange& nowhere = io.send("/nowhere");
    b->recall();
    CHECK_FALSE(io.router().is_recalled(one));
    CHECK(io.router().is_recalled(two));
    CHECK_FALSE(io.router().is_recalled(nowhere));
  }

  TEST_CASE("Router: naming the backend can be turned off") {
    RouterFixture base;
    RouterSetup setup = base.setup();
    setup.name_backend = false;
    Router router(setup);
    const auto a = std::make_shared<FakeSink>("a@1");
    base.publish({endpoint_on("one", "/one", {arm_to("a", 1, a)})});
    TestExchange& exchange = base.request("/one");
    router.handle(exchange);
    router.flush();
    a->answer_all();
    router.finish(exchange);
    CHECK_FALSE(exchange.response.headers.contains("Backplane-Backend"));
  }

  TEST_CASE("Router: the requests of one turn go to their backend together, at its end") {
    RouterFixture io;
    const auto a = std::make_shared<FakeSink>("a@1");
    const auto b = std::make_shared<FakeSink>("b@1");
    io.publish({endpoint_on("one", "/one", {arm_to("a", 1, a)}),
                endpoint_on("also", "/also", {arm_to("a", 1, a)}),
                endpoint_on("two", "/two", {arm_to("b", 1, b)})});
    TestExchange& first = io.request("/one");
    io.router().handle(first);
    io.router().handle(io.request("/two"));
    io.router().handle(io.request("/also"));
    TestExchange& last = io.request("/one");
    io.router().handle(last);
    CHECK(a->submits() == 0);
    io.router().flush();
    CHECK(a->submits() == 1);
    CHECK(b->submits() == 1);
    REQUIRE(a->held() == 3);
    CHECK(&a->exchange(0) == &first);
    CHECK(&a->exchange(2) == &last);
    io.router().flush();
    CHECK(a->submits() == 1);
  }

  TEST_CASE("Router: T15: HEAD is served by what serves GET, and the handler sees HEAD") {
    RouterFixture io;
    const auto a = std::make_shared<FakeSink>("a@1");
    io.publish({endpoint_on("one", "/one", {arm_to("a", 1, a)})});
    io.send("/one", "HEAD");
    REQUIRE(a->held() == 1);
    CHECK(a->request(0).method == "HEAD");
  }

  TEST_CASE("Router: T54: traffic is split by weight") {
    RouterFixture io;
    const auto a = std::make_shared<FakeSink>("a@1");
    const auto b = std::make_shared<FakeSink>("b@1");
    io.publish({endpoint_on("split", "/split", {arm_to("a", 0.7, a), arm_to("b", 0.3, b)})});
    for (int i = 0; i < 960; ++i) io.send("/split");
    CHECK(a->held() == 672);
    CHECK(b->held() == 288);
  }

  TEST_CASE("Router: T64: a shard key always goes to the same backend") {
    RouterFixture io;
    const auto a = std::make_shared<FakeSink>("a@1");
    const auto b = std::make_shared<FakeSink>("b@1");
    io.publish({endpoint_on("split", "/split", {arm_to("a", 0.5, a), arm_to("b", 0.5, b)})});
    std::vector<std::string> keys;
    keys.reserve(20);
    for (int i = 0; i < 20; ++i) keys.push_back("key-" + std::to_string(i));
    std::size_t used_by_a = 0;
    for (const std::string& key : keys) {
      const std::size_t before = a->held() + b->held();
      io.send("/split", "GET", {{"X-Serve-Shard-Key", key}});
      const bool to_a = a->answer_all() == 1;
      b->answer_all();
      for (int again = 0; again < 5; ++again) {
        io.send("/split", "GET", {{"X-Serve-Shard-Key", key}});
        CHECK((a->answer_all() == 1) == to_a);
        b->answer_all();
      }
      CHECK(before == 0);
      used_by_a += to_a ? 1 : 0;
    }
    CHECK(used_by_a > 0);
    CHECK(used_by_a < keys.size());
  }

  TEST_CASE("Router: the deadline is the tighter of the client's and the backend's") {
    struct Row {
      std::string_view header;
      milliseconds of_backend;
      milliseconds wanted;  // 0: none
    };
    for (const Row& row :
         {Row{"", milliseconds(0), milliseconds(0)}, Row{"", milliseconds(300), milliseconds(300)},
          Row{"200", milliseconds(300), milliseconds(200)},
          Row{"400", milliseconds(300), milliseconds(300)},
          Row{"400", milliseconds(0), milliseconds(400)}}) {
      CAPTURE(row.header);
      RouterFixture io;
      const auto a = std::make_shared<FakeSink>("a@1");
      Arm arm = arm_to("a", 1, a);
      arm.request_timeout = row.of_backend;
      io.publish({endpoint_on("one", "/one", {arm})});
      std::vector<HeaderField> headers;
      if (!row.header.empty()) headers.push_back({"X-Request-Timeout", row.header});
      const HttpRequest& request = io.send("/one", "GET", headers).request;
      const TimePoint wanted = row.wanted.count() == 0 ? kNever : request.received_at + row.wanted;
      CHECK((request.deadline == wanted));
    }
  }

  TEST_CASE("Router: what a client asks for makes it due earlier, but never after its deadline") {
    struct Row {
      std::vector<HeaderField> headers;
      milliseconds deadline;
      milliseconds due;  // 0: as its deadline
    };
    const HeaderField timeout{"X-Request-Timeout", "200"};
    for (const Row& row :
         {Row{{}, milliseconds(300), milliseconds(0)},
          Row{{timeout}, milliseconds(200), milliseconds(200)},
          Row{{{"X-Serve-Relative-Slo-Ms", "100"}}, milliseconds(300), milliseconds(100)},
          Row{{{"X-Serve-Relative-Slo-Ms", "100"}, timeout}, milliseconds(200), milliseconds(100)},
          Row{{{"X-Serve-Relative-Slo-Ms", "250"}, timeout}, milliseconds(200), milliseconds(200)},
          Row{{{"X-Serve-Relative-Slo-Ms", "900"}}, milliseconds(300), milliseconds(300)},
          Row{{{"X-Request-Timeout", "900"}}, milliseconds(300), milliseconds(300)}}) {
      RouterFixture io;
      const auto a = std::make_shared<FakeSink>("a@1");
      Arm arm = arm_to("a", 1, a);
      arm.request_timeout = milliseconds(300);
      io.publish({endpoint_on("one", "/one", {arm})});
      const Exchange& exchange = io.send("/one", "GET", row.headers);
      const TimePoint received = exchange.request.received_at;
      CHECK((exchange.request.deadline == received + row.deadline));
      CHECK((exchange.due == (row.due.count() == 0 ? kNever : received + row.due)));
    }
  }

  TEST_CASE("Router: T78: a bad objective is answered 400, after 404 and 405") {
    RouterFixture io;
    const auto a = std::make_shared<FakeSink>("a@1");
    io.publish({endpoint_on("one", "/one", {arm_to("a", 1, a)})});
    const std::vector<HeaderField> bad{{"X-Serve-Relative-Slo-Ms", "-1"}};
    CHECK(io.send("/one", "GET", bad).has_code("bad_header"));
    CHECK(io.send("/two", "GET", bad).response.status == 404);
    CHECK(io.send("/one", "POST", bad).response.status == 405);
    CHECK(a->held() == 0);
    TestExchange& early = io.request("/one", "GET", bad);
    CHECK(io.router().refuse_early(early));
    CHECK(early.response.status == 400);
  }

  TEST_CASE("Router: requests of different kinds get different batch keys") {
    RouterFixture io;
    const auto a = std::make_shared<FakeSink>("a@1");
    Arm strict = arm_to("a", 1, a);
    strict.mix_content_types = false;
    io.publish({endpoint_on("mixed", "/mixed", {arm_to("a", 1, a)}),
                endpoint_on("strict", "/strict", {strict})});
    const auto key = [&io](std::string_view path, std::string_view method, std::string_view type) {
      std::vector<HeaderField> headers;
      if (!method.empty()) headers.push_back({"X-Serve-Call-Method", method});
      TestExchange& exchange = io.request(path, "GET", headers);
      exchange.request.content_type = type;
      io.router().handle(exchange);
      io.router().flush();
      return exchange.batch_key;
    };
    CHECK(key("/mixed", "", "text/x") == key("/mixed", "", "text/y"));
    CHECK(key("/mixed", "a", "") != key("/mixed", "b", ""));
    CHECK(key("/mixed", "a", "") != key("/mixed", "", ""));
    CHECK(key("/mixed", "a", "") == key("/mixed", "a", ""));
    CHECK(key("/strict", "", "text/x") != key("/strict", "", "text/y"));
    CHECK(key("/strict", "", "text/x") == key("/strict", "", "text/x"));
    CHECK(key("/strict", "a", "text/x") != key("/strict", "b", "text/x"));
  }

  TEST_CASE("Router: B47: a request is counted once, by the arm it was sent to") {
    RouterFixture io;
    const auto a = std::make_shared<FakeSink>("a@1");
    const auto b = std::make_shared<FakeSink>("b@1");
    b->set_room(5);
    const auto endpoint =
        endpoint_on("split", "/split", {arm_to("a", 0.7, a), arm_to("b", 0.3, b)});
    io.publish({endpoint});
    for (int i = 0; i < 64; ++i) io.send("/split");
    a->answer_all();
    b->answer_all();
    io.finish_all();
    // Once each: what the endpoint got is the sum over its arms and what was sent to none.
    CHECK(whole_of(*endpoint).total() == 64);
    CHECK(whole_of(*endpoint).latency.count == 64);
    CHECK(endpoint->stats->read().total() == 0);
    CHECK(io.stats().unrouted().read().total() == 0);
    CHECK(total_of(*endpoint->arms[1].stats, Outcome::kOk) == 5);
    CHECK(total_of(*endpoint->arms[1].stats, Outcome::kRejected) > 0);
  }

  TEST_CASE("Router: what no endpoint takes is counted too, without one") {
    RouterFixture io;
    io.publish({endpoint_on("one", "/one", {})});
    io.send("/-/healthz");
    io.send("/nowhere");
    io.send("/one", "POST");
    io.router().refuse_early(io.request("/nowhere"));
    io.finish_all();
    CHECK(io.stats().unrouted().read().total() == 4);
    CHECK(total_of(io.stats().unrouted(), Outcome::kOk) == 1);
    CHECK(total_of(io.stats().unrouted(), Outcome::kClientError) == 3);
  }

  TEST_CASE("Router: without stats it counts nothing and serves all the same") {
    RouterFixture base;
    RouterSetup setup = base.setup();
    setup.stats = nullptr;
    Router router(setup);
    const auto a = std::make_shared<FakeSink>("a@1");
    const auto endpoint = endpoint_on("one", "/one", {arm_to("a", 1, a)});
    base.publish({endpoint, endpoint_on("none", "/none", {})});
    TestExchange& exchange = base.request("/one");
    router.handle(exchange);
    router.flush();
    a->answer_all("hello");
    router.finish(exchange);
    CHECK(exchange.answer() == "200 hello");
    CHECK(exchange.response.headers.find("Backplane-Backend") == "a@1");
    CHECK(router.refuse_early(base.request("/nowhere")) == EarlyVerdict::kRefused);
    CHECK(router.refuse_early(base.request("/none")) == EarlyVerdict::kRefused);
    CHECK(whole_of(*endpoint).total() == 0);
    CHECK(base.stats().unrouted().read().total() == 0);
  }

  TEST_CASE("Router: the latency of an answer ends when it came back") {
    RouterFixture io;
    const auto a = std::make_shared<FakeSink>("a@1");
    const auto endpoint = endpoint_on("one", "/one", {arm_to("a", 1, a)});
    io.publish({endpoint});
    TestExchange& early = io.send("/one");
    a->answer_all();
    io.router().finish(early);
    TestExchange& late = io.send("/one");
    late.request.received_at = Clock::now() - std::chrono::hours(1);
    a->answer_all();
    io.router().finish(late);
    const LatencySummary latency = whole_of(*endpoint).latency;
    CHECK(latency.count == 2);
    CHECK(latency.sum_us >= 3'600'000'000U);
    CHECK(latency.sum_us < 7'200'000'000U);
  }

  TEST_CASE("Router: each turn looks at the clock anew") {
    RouterFixture io;
    const auto a = std::make_shared<FakeSink>("a@1");
    const auto endpoint = endpoint_on("one", "/one", {arm_to("a", 1, a)});
    io.publish({endpoint});
    TestExchange& first = io.send("/one");
    a->answer_all();
    io.router().finish(first);
    TestExchange& second = io.send("/one");
    // Passed by now, but not when the first one came back.
    second.request.deadline = Clock::now();
    second.abandon();
    a->answer_all();
    io.router().finish(second);
    CHECK(total_of(*endpoint->arms[0].stats, Outcome::kTimeout) == 1);
  }

  TEST_CASE("Router: an abandoned request counts as timed out or left, not as answered") {
    RouterFixture io;
    const auto a = std::make_shared<FakeSink>("a@1");
    const auto endpoint = endpoint_on("one", "/one", {arm_to("a", 1, a)});
    io.publish({endpoint});
    io.send("/one").abandon();
    TestExchange& late = io.send("/one");
    late.request.deadline = late.request.received_at;
    late.abandon();
    a->answer_all();
    io.finish_all();
    CHECK(total_of(*endpoint->arms[0].stats, Outcome::kClientGone) == 1);
    CHECK(total_of(*endpoint->arms[0].stats, Outcome::kTimeout) == 1);
    CHECK(total_of(*endpoint->arms[0].stats, Outcome::kOk) == 0);
  }

  TEST_CASE("Router: it lists the routes and says that it lives, to GET and HEAD only") {
    RouterFixture io;
    io.publish({endpoint_on("one", "/one", {})});
    TestExchange& routes = io.send("/-/routes");
    CHECK(routes.answer() == R"(200 {"/one":["one",["GET"]]})");
    CHECK(routes.response.headers.find("Content-Type") == "application/json");
    CHECK(io.send("/-/healthz", "HEAD").answer() == R"(200 {"status":"ok"})");
    TestExchange& refused = io.send("/-/routes", "POST");
    CHECK(refused.response.status == 405);
    CHECK(refused.response.headers.find("Allow") == "GET, HEAD");
    CHECK(io.send("/-/other").response.status == 404);
  }

  TEST_CASE("Router: a route that covers every path does not cover the host's own") {
    RouterFixture io;
    const auto sink = std::make_shared<FakeSink>("a@1");
    io.publish({endpoint_on("all", "/*", {arm_to("a", 1.0, sink)}),
                endpoint_on("pair", "/{a}/{b}", {arm_to("a", 1.0, sink)})});
    CHECK(io.send("/-/other").response.status == 404);
    CHECK(io.send("/-/").response.status == 404);
    CHECK(io.send("/-/healthz").response.status == 200);
    CHECK(sink->held() == 0);
    io.send("/-x/other");
    CHECK(sink->held() == 1);
  }

  TEST_CASE("Router: a host that is about to stop is not healthy, and serves all the same") {
    RouterFixture io;
    const auto sink = std::make_shared<FakeSink>("a@1");
    io.publish({endpoint_on("e", "/e", {arm_to("a", 1.0, sink)})}, true);
    CHECK(io.send("/-/healthz").answer().starts_with("503 "));
    CHECK(io.send("/-/healthz").answer().find("shutting_down") != std::string::npos);
    io.send("/e");
    CHECK(sink->held() == 1);
  }

  TEST_CASE("Router: T16: an endpoint without a route is reached by its name alone") {
    RouterFixture io;
    const auto a = std::make_shared<FakeSink>("a@1");
    io.publish({endpoint_on("inner", std::nullopt, {arm_to("a", 1, a)})});
    CHECK(io.send("/inner").response.status == 404);
    TestExchange& inside = io.request("/inner");
    io.router().handle_endpoint("inner", inside);
    io.router().flush();
    CHECK(a->answer_all("from inside") == 1);
    CHECK(inside.answer() == "200 from inside");
    TestExchange& unknown = io.request("/x");
    io.router().handle_endpoint("nobody", unknown);
    CHECK(unknown.response.status == 404);
    CHECK(unknown.has_code("unknown_endpoint"));
  }
}

}  // namespace
}  // namespace backplane::host
