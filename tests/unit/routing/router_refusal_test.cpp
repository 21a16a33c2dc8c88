#include <doctest/doctest.h>

#include "host/routing/router.hpp"
#include "tests/unit/routing/router_fixture.hpp"

namespace backplane::host {
namespace {

using std::chrono::milliseconds;

TEST_SUITE("routing") {
  TEST_CASE("Router: T13: an unknown path is 404 and the answer says where to look") {
    RouterFixture io;
    io.publish({endpoint_on("one", "/one", {})});
    TestExchange& exchange = io.send("/nothing");
    CHECK(exchange.completions() == 1);
    CHECK(exchange.response.status == 404);
    CHECK(exchange.has_code("no_route"));
    CHECK(exchange.response.body.find("/nothing") != std::string::npos);
    CHECK(exchange.response.body.find("/-/routes") != std::string::npos);
    const std::string long_path = "/" + std::string(5000, 'x');
    CHECK(io.send(long_path).response.body.size() < 600);
  }

  TEST_CASE("Router: T12: a method that is not served is 405 with Allow") {
    RouterFixture io;
    const auto endpoint = endpoint_on("one", "/one", {});
    endpoint->method_set.add("POST");
    io.publish({endpoint});
    TestExchange& exchange = io.send("/one", "DELETE");
    CHECK(exchange.response.status == 405);
    CHECK(exchange.response.headers.find("Allow") == "GET, HEAD, POST");
    CHECK(exchange.response.body.find("GET, HEAD, POST") != std::string::npos);
  }

  TEST_CASE("Router: path, method, headers, traffic: the first that is wrong is the answer") {
    RouterFixture io;
    const auto a = std::make_shared<FakeSink>("a@1");
    const auto full = endpoint_on("full", "/full", {arm_to("a", 1, a)});
    const auto empty = endpoint_on("empty", "/empty", {});
    io.publish({full, empty});
    const std::vector<HeaderField> bad{{"X-Request-Timeout", "-1"}};
    struct Row {
      std::string_view path;
      std::string_view method;
      std::vector<HeaderField> headers;
      unsigned status;
      std::string_view code;
    };
    for (const Row& row :
         {Row{"/none", "POST", bad, 404, "no_route"},
          Row{"/empty", "POST", bad, 405, "method_not_allowed"},
          Row{"/empty", "GET", bad, 400, "bad_header"}, Row{"/empty", "GET", {}, 503, "no_traffic"},
          Row{"/full", "GET", bad, 400, "bad_header"}}) {
      CAPTURE(row.path);
      CAPTURE(row.code);
      TestExchange& whole = io.send(row.path, row.method, row.headers);
      CHECK(whole.completions() == 1);
      CHECK(whole.response.status == row.status);
      CHECK(whole.has_code(row.code));
      // The same answer when a body is still to come.
      TestExchange& early = io.request(row.path, row.method, row.headers);
      CHECK(io.router().refuse_early(early) == EarlyVerdict::kRefused);
      CHECK_FALSE(early.done());
      CHECK(early.response.status == row.status);
      CHECK(early.has_code(row.code));
    }
    io.finish_all();
    CHECK(a->held() == 0);
    // Those that found their endpoint are counted there, early or not.
    CHECK(empty->stats->read().total() == 4);
    CHECK(total_of(*empty->stats, Outcome::kRejected) == 2);
    CHECK(whole_of(*full).total() == 2);
  }

  TEST_CASE("Router: what can be served, or is built in, is not refused early") {
    RouterFixture io;
    const auto a = std::make_shared<FakeSink>("a@1");
    io.publish({endpoint_on("one", "/one", {arm_to("a", 1, a)})});
    CHECK(io.router().refuse_early(io.request("/one")) == EarlyVerdict::kReadBody);
    CHECK(io.router().refuse_early(io.request("/-/routes")) == EarlyVerdict::kReadBody);
    CHECK(io.router().refuse_early(io.request("/two")) == EarlyVerdict::kRefused);
  }

  TEST_CASE("Router: T57: a backend that does not serve answers 503 for its share, and only it") {
    RouterFixture io;
    const auto a = std::make_shared<FakeSink>("a@1");
    io.publish({endpoint_on("split", "/split", {arm_to("a", 0.5, a), arm_to("b", 0.5, nullptr)})});
    int refused = 0;
    for (int i = 0; i < 320; ++i) {
      const TestExchange& exchange = io.send("/split");
      if (!exchange.done()) continue;
      ++refused;
      CHECK(exchange.response.status == 503);
      CHECK(exchange.has_code("no_replica"));
    }
    CHECK(refused == 160);
    CHECK(a->held() == 160);
  }

  TEST_CASE("Router: a full queue is 429 with Retry-After for what did not fit") {
    RouterFixture io;
    const auto a = std::make_shared<FakeSink>("a@1");
    const auto b = std::make_shared<FakeSink>("b@1");
    a->set_room(2);
    a->set_drain(milliseconds(10'000));
    io.publish({endpoint_on("one", "/one", {arm_to("a", 1, a)}),
                endpoint_on("two", "/two", {arm_to("b", 1, b)})});
    std::vector<TestExchange*> burst;
    for (int i = 0; i < 5; ++i) {
      burst.push_back(&io.request("/one"));
      io.router().handle(*burst.back());
    }
    TestExchange& other = io.request("/two");
    io.router().handle(other);
    io.router().flush();
    CHECK(a->held() == 2);
    CHECK(b->held() == 1);
    for (std::size_t i = 2; i < 5; ++i) {
      CHECK(burst[i]->completions() == 1);
      CHECK(burst[i]->response.status == 429);
      CHECK(burst[i]->has_code("queue_full"));
      // Ten seconds, spread by a fifth.
      const int seconds = std::stoi(std::string(burst[i]->response.headers.find("Retry-After")));
      CHECK(seconds >= 8);
      CHECK(seconds <= 12);
    }
  }

  TEST_CASE("Router: Retry-After is never 0 and never over 30") {
    RouterFixture io;
    const auto a = std::make_shared<FakeSink>("a@1");
    a->set_room(0);
    io.publish({endpoint_on("one", "/one", {arm_to("a", 1, a)})});
    CHECK(io.send("/one").response.headers.find("Retry-After") == "1");
    a->set_drain(milliseconds(3'600'000));
    CHECK(io.send("/one").response.headers.find("Retry-After") == "30");
  }

  TEST_CASE("Router: refused by a backend that has closed, a request tries the new snapshot once") {
    RouterFixture io;
    const auto old = std::make_shared<FakeSink>("a@1");
    const auto fresh = std::make_shared<FakeSink>("a@2");
    const auto shadow = std::make_shared<FakeSink>("s@1");
    Arm old_arm = arm_to("a", 1, old);
    old_arm.request_timeout = milliseconds(100);
    Arm fresh_arm = arm_to("a", 1, fresh);
    fresh_arm.request_timeout = milliseconds(500);
    const auto before = endpoint_on("one", "/one", {old_arm});
    before->shadows = {shadow_to("s", 1.0, shadow)};
    const auto after = endpoint_on("one", "/one", {fresh_arm});
    after->shadows = before->shadows;
    io.publish({before});
    TestExchange& exchange = io.request("/one");
    io.router().handle(exchange);
    // What control does between this thread's handle() and flush().
    io.publish({after});
    old->close();
    io.router().flush();
    REQUIRE(fresh->held() == 1);
    CHECK_FALSE(exchange.done());
    CHECK((exchange.request.deadline == exchange.request.received_at + milliseconds(500)));
    CHECK(shadow->held() == 1);
    fresh->answer_all("hello");
    io.finish_all();
    CHECK(exchange.completions() == 1);
    CHECK(exchange.answer() == "200 hello");
    CHECK(exchange.response.headers.find("Backplane-Backend") == "a@2");
    CHECK(whole_of(*after).total() == 1);
    CHECK(whole_of(*before).total() == 0);
  }

  TEST_CASE("Router: closed again, it is 503: it does not go round for ever") {
    RouterFixture io;
    const auto a = std::make_shared<FakeSink>("a@1");
    a->close();
    io.publish({endpoint_on("one", "/one", {arm_to("a", 1, a)})});
    TestExchange& exchange = io.send("/one");
    CHECK(exchange.completions() == 1);
    CHECK(exchange.response.status == 503);
    CHECK(exchange.has_code("no_replica"));
    CHECK(a->submits() == 2);
    CHECK(exchange.response.headers.contains("Retry-After"));
  }

  TEST_CASE("Router: T22: refused by a closed backend after its endpoint went, it is 404") {
    RouterFixture io;
    const auto a = std::make_shared<FakeSink>("a@1");
    io.publish({endpoint_on("one", "/one", {arm_to("a", 1, a)})});
    TestExchange& exchange = io.request("/one");
    io.router().handle(exchange);
    io.publish({});
    a->close();
    io.router().flush();
    CHECK(exchange.completions() == 1);
    CHECK(exchange.response.status == 404);
    io.finish_all();
  }
}

}  // namespace
}  // namespace backplane::host
