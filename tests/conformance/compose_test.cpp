#include <chrono>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/background_load.hpp"
#include "tests/support/growing_limit.hpp"
#include "tests/support/host_fixture.hpp"
#include "tests/support/metrics_text.hpp"
#include "tests/support/wait_for.hpp"

namespace backplane::host {
namespace {

constexpr const char* kTrace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

std::string to(const std::string& target) {
  return R"({"to":")" + target + R"("})";
}

// A host with a handler that is asked for by others, and endpoints of the plugin "asks", which
// asks.
class AskHost : public HostFixture {
 public:
  explicit AskHost(const std::vector<std::string>& others = {}, const Adjust& adjust = {})
      : HostFixture(with_asks(others), adjust) {}

  // A backend and an endpoint of the same name, /name.
  void serve(const std::string& name, const std::string& plugin, const std::string& handler,
             const std::string& init = "null", const std::string& config = "{}") const {
    const Answer made = admin("PUT", "/v1/backends/" + name,
                              R"({"plugin":")" + plugin + R"(","handler":")" + handler +
                                  R"(","init":)" + init + R"(,"config":)" + config + "}");
    REQUIRE_MESSAGE(made.status() == 201, made.body());
    create_endpoint(name, "/" + name, R"({")" + name + R"(":1})", R"(["GET","POST"])");
  }
  void ask(const std::string& name, const std::string& handler, const std::string& target,
           const std::string& config = "{}") const {
    serve(name, "asks", handler, to(target), config);
  }

  double metric(const std::string& name, const MetricsText::Labels& labels = {}) const {
    return MetricsText(admin("GET", "/metrics").body()).sum(name, labels);
  }
  // Blocks until what the admin listener says at `pointer` is `value`. False when that takes over
  // kPatience.
  bool wait_at(const std::string& path, const std::string& pointer,
               const std::string& value) const {
    const TimePoint deadline = Clock::now() + kPatience;
    while (admin("GET", path).at(pointer) != value) {
      if (Clock::now() > deadline) return false;
    }
    return true;
  }
  bool wait_in_flight(const std::string& backend, int count) const {
    return wait_at("/v1/backends/" + backend, "/stats/in_flight", std::to_string(count));
  }
  bool wait_metric(const std::string& name, const MetricsText::Labels& labels, double value) const {
    const TimePoint deadline = Clock::now() + kPatience;
    while (metric(name, labels) != value) {
      if (Clock::now() > deadline) return false;
    }
    return true;
  }
  std::size_t generations() const {
    return admin("GET", "/v1/plugins/asks").json().root().find("generations")->size();
  }

 private:
  static std::vector<std::string> with_asks(std::vector<std::string> plugins) {
    plugins.emplace_back("asks");
    return plugins;
  }
};

// "status body" in one line.
std::string said(const Answer& answer) {
  return std::to_string(answer.status()) + " " + answer.body();
}

}  // namespace

TEST_SUITE("compose") {
  TEST_CASE("T81: a handler asks another endpoint by its name, and answers what that says") {
    const AskHost host({"hello"});
    host.serve("endpoint1", "hello", "hello");
    host.ask("endpoint2", "asks", "endpoint1");
    host.ask("endpoint3", "asks_later", "backend:endpoint1");
    CHECK(host.get("/endpoint2?name=ray").body() == "hello ray");
    CHECK(host.get("/endpoint3?name=ray").body() == "hello ray");
  }

  TEST_CASE("T82: a payload of 10 by 10 numbers goes through a composition and sums to 100.0") {
    const AskHost host({"ensemble"});
    host.serve("sum", "asks", "sum");
    host.ask("pass", "asks", "sum");
    host.serve("mean", "ensemble", "ensemble", R"({"members":{"pass":1,"backend:sum":3}})");
    std::string rows;
    for (int i = 0; i < 10; ++i) rows += "1 1 1 1 1 1 1 1 1 1\n";
    CHECK(said(host.data("POST", "/mean", {}, rows)) == "200 100.000000");
    CHECK(said(host.data("POST", "/pass", {}, rows)) == "200 100.000000");
  }

  TEST_CASE("compose: an endpoint without a route is asked by its name, and its traffic is split") {
    const AskHost host({"hello", "hello2"});
    host.serve("one", "hello", "hello");
    host.serve("two", "hello2", "hello2");
    CHECK(host.admin("PUT", "/v1/endpoints/inside",
                     R"({"route":null,"methods":["GET"],"traffic":{"one":0.5,"two":0.5}})")
              .status() == 201);
    host.ask("front", "asks", "inside");
    const std::map<std::string, int> answers = host.tally("/front", 64);
    REQUIRE(answers.size() == 2);
    CHECK(answers.begin()->second == 32);
    CHECK(host.metric("backplane_requests_total", {{"endpoint", "inside"}}) == 64);
    CHECK(host.metric("backplane_requests_total", {{"endpoint", "front"}}) == 64);
  }

  TEST_CASE("compose: the deadline, the request id and the trace are those of the request") {
    const AskHost host;
    host.serve("place", "asks", "place");
    host.ask("front", "asks", "place");
    const std::string said = host.data("GET", "/front?place=1",
                                       {{"X-Request-Id", "mine-1"},
                                        {"X-Request-Timeout", "20000"},
                                        {"traceparent", kTrace}})
                                 .body();
    const std::string own = said.substr(0, said.find('\n'));
    CHECK(own.starts_with("mine-1 " + std::string(kTrace) + " "));
    CHECK(said.substr(said.find('\n') + 1) == own);
  }

  TEST_CASE("compose: what is not there or does not serve is refused as for clients") {
    const AskHost host({"ctorwait"});
    host.ask("nowhere", "asks", "nobody");
    CHECK(said(host.get("/nowhere")) == "404 no endpoint is called 'nobody'");
    host.ask("no_backend", "asks", "backend:nobody");
    CHECK(said(host.get("/no_backend")) == "404 no backend is called 'nobody'");
    host.create_endpoint("idle", "/idle", "{}");
    host.ask("to_idle", "asks", "idle");
    CHECK(said(host.get("/to_idle")) == "503 endpoint 'idle' has no traffic set");
  }

  TEST_CASE("compose: a full queue refuses a call as it refuses a client") {
    const AskHost host({"later"});
    host.serve("later", "later", "later", "null", R"({"max_concurrent_queries":1,"max_queue":1})");
    host.ask("front", "asks_later", "later");
    PendingAnswer held = host.get_async("/later?do=hand_back");
    REQUIRE(host.wait_in_flight("later", 1));
    PendingAnswer waits = host.get_async("/front?do=kept");
    REQUIRE(host.wait_queued("later", 1));
    CHECK(host.get("/front?do=kept").status() == 429);
    held.abandon();
    waits.abandon();
  }

  TEST_CASE("compose: the ninth call of a chain is refused") {
    const AskHost host;
    host.ask("again", "asks_later", "again");
    CHECK(said(host.get("/again")) ==
          "500 the call would be number 9 in a chain of calls, of which there may be 8");
    CHECK(host.metric("backplane_handler_requests_total", {{"backend", "again"}}) == 9);
  }

  TEST_CASE("compose: a call that would wait for itself is refused, and served with one more") {
    const AskHost host;
    host.ask("self", "asks", "self");
    CHECK(host.get("/self?depth=0").body() == "bottom");
    CHECK(said(host.get("/self?depth=1")) ==
          "503 the call would wait for itself: backend 'self' runs 1 at once, and each of them "
          "waits for this call");
    CHECK(host.admin("PATCH", "/v1/backends/self", R"({"config":{"num_replicas":2}})").status() ==
          200);
    CHECK(host.get("/self?depth=1").body() == "bottom");
    CHECK(host.get("/self?depth=2").status() == 503);
  }

  TEST_CASE("compose: so is one that would wait for itself on a way round") {
    const AskHost host;
    host.ask("a", "asks", "b");
    host.ask("b", "asks", "backend:a");
    CHECK(host.get("/a?depth=1").body() == "bottom");
    CHECK(host.get("/a?depth=2").body().starts_with("the call would wait for itself: backend 'a'"));
  }

  TEST_CASE("compose: a handler that waits is free again at the deadline of its request") {
    const AskHost host({"later"});
    host.serve("later", "later", "later");
    host.ask("front", "asks", "later");
    std::string kept;
    with_growing_limit(std::chrono::milliseconds(100), [&](std::chrono::milliseconds limit) {
      const Answer late = host.data("GET", "/front?do=hold",
                                    {{"X-Request-Timeout", std::to_string(limit.count())}});
      CHECK(late.refusal() == "504 deadline_exceeded");
      // Its one replica serves again, though the call is still with the other handler.
      kept = host.get("/front?do=kept").body();
      return kept != "0";
    });
    CHECK(kept == "1");
    CHECK(host.get("/later?do=release").body() == "1");
    CHECK(host.wait_in_flight("later", 0));
  }

  TEST_CASE("compose: a call ends at the limit of who is asked, long before its request's") {
    const AskHost host({"later"});
    host.serve("later", "later", "later", "null", R"({"request_timeout_ms":50})");
    for (const std::string handler : {"asks", "asks_later"}) {
      host.ask(handler, handler, "later");
      // What is handed back when it is abandoned is not for the client to see.
      // Where the machine is busy it has not even begun.
      CHECK(wait_for([&] {
        const std::string ended = said(host.get("/" + handler + "?do=hand_back"));
        CHECK(ended.starts_with("504 "));
        return ended == "504 the deadline of the call passed";
      }));
      CHECK(host.wait_in_flight("later", 0));
    }
  }

  TEST_CASE("compose: who serves a call is told at once that the client left") {
    const AskHost host({"later"});
    host.serve("later", "later", "later");
    for (const std::string handler : {"asks", "asks_later"}) {
      host.ask(handler, handler, "later");
      PendingAnswer leaving = host.get_async("/" + handler + "?do=hand_back");
      REQUIRE(host.wait_in_flight("later", 1));
      leaving.abandon();
      CHECK(host.wait_in_flight("later", 0));
      CHECK(host.wait_in_flight(handler, 0));
    }
  }

  TEST_CASE("compose: a hundred calls are out at once for one request") {
    const AskHost host({"later"});
    host.serve("later", "later", "later", "null", R"({"max_concurrent_queries":100})");
    host.ask("front", "asks_later", "later");
    // Nobody is answered before all hundred are with the handler.
    CHECK(host.get("/front?n=100&do=barrier").body() == "100");
  }

  TEST_CASE("compose: answers in pieces are put together, and one that breaks is an error") {
    const AskHost host({"pieces"}, [](HostConfig& config) { config.max_response_bytes = 100'000; });
    host.serve("pieces", "pieces", "pieces");
    host.ask("front", "asks", "pieces");
    std::string wanted;
    for (int i = 0; i < 500; ++i) wanted += std::to_string(i) + "\n";
    CHECK(host.get("/front?do=count&n=500").body() == wanted);
    CHECK(said(host.get("/front?do=break&n=3")) == "502 the answer was cut off");
    CHECK(said(host.get("/front?do=big&n=1000000")) ==
          "502 the answer is larger than 100000 bytes");
    CHECK(host.wait_in_flight("pieces", 0));
  }

  TEST_CASE("compose: a backend that runs inline is asked like any other") {
    const AskHost host;
    host.serve("sum", "asks", "sum", "null", R"({"execution":"inline"})");
    host.ask("waits", "asks", "sum");
    host.ask("later", "asks_later", "sum");
    CHECK(host.data("POST", "/waits", {}, "1 2 3").body() == "6.000000");
    CHECK(host.data("POST", "/later?n=100", {}, "1 2 3").body() == "100");
  }

  TEST_CASE("compose: a call goes on without the request that it was made for, and is told once") {
    AskHost host({"later"});
    host.serve("later", "later", "later");
    host.ask("leaves", "asks_and_leaves", "later");
    CHECK(host.get("/leaves?do=hold").body() == "asked");
    REQUIRE(host.wait_in_flight("later", 1));
    CHECK(host.admin("POST", "/v1/plugins/asks/reload", R"({"force":true})").status() == 200);
    // The former version, which no request is with any more, is still there for the answer.
    CHECK(host.generations() == 2);
    CHECK(host.get("/later?do=release").body() == "1");
    CHECK(host.wait_metric("asks_told_total", {{"status", "200"}}, 1));
    const TimePoint deadline = Clock::now() + kPatience;
    while (host.generations() > 1) REQUIRE(Clock::now() < deadline);
  }

  TEST_CASE("compose: a reload of what is asked fails no request") {
    AskHost host;
    host.add_plugin("version1", "version");
    host.serve("v", "version", "version");
    host.ask("waits", "asks", "v");
    host.ask("later", "asks_later", "backend:v");
    BackgroundLoad waits(host.data_port(), "/waits");
    BackgroundLoad later(host.data_port(), "/later");
    for (int i = 0; i < 5; ++i) {
      REQUIRE(waits.wait_answered(20));
      REQUIRE(later.wait_answered(20));
      CHECK(host.admin("POST", "/v1/plugins/version/reload", R"({"force":true})").status() == 200);
      CHECK(host.admin("POST", "/v1/plugins/asks/reload", R"({"force":true})").status() == 200);
    }
    CHECK(waits.stop().size() == 1);
    CHECK(later.stop().size() == 1);
  }

  TEST_CASE("compose: a host that stops waits for no call") {
    AskHost host({"pieces"});
    host.serve("pieces", "pieces", "pieces");
    host.ask("front", "asks", "pieces");
    PendingAnswer waiting = host.get_async("/front?do=count&n=1000000000");
    REQUIRE(host.wait_in_flight("pieces", 1));
    // Checks that it stops in order.
    host.stop();
  }
}

}  // namespace backplane::host
