#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/growing_limit.hpp"
#include "tests/support/host_fixture.hpp"
#include "tests/support/metrics_text.hpp"
#include "tests/support/plugin_gate.hpp"

namespace backplane::host {
namespace {

// Long enough for a handler to get its request, unless the machine is busy.
constexpr std::chrono::milliseconds kShort{50};

HostFixture::Fields timeout(std::chrono::milliseconds limit) {
  return {{"X-Request-Timeout", std::to_string(limit.count())}};
}

double metric_of(const HostFixture& host, const std::string& name) {
  return MetricsText(host.admin("GET", "/metrics").body()).sum(name);
}

// Blocks until the host has seen so many clients leave, by asking again and again. False when that
// takes over kPatience.
bool wait_gone(const HostFixture& host, double count) {
  const TimePoint deadline = Clock::now() + kPatience;
  while (metric_of(host, "backplane_http_client_gone_total") < count) {
    if (Clock::now() > deadline) return false;
  }
  return true;
}

// A host whose endpoint /later is one replica of an async handler with room for `limit` requests,
// and whose /ask is another, of a backend of its own, for what needs no answer from the first.
class LaterHost : public HostFixture {
 public:
  explicit LaterHost(int limit, const std::string& more = {})
      : HostFixture({"later", "proxy_async", "gate"}) {
    create_backend("later", "later",
                   R"({"max_concurrent_queries":)" + std::to_string(limit) + more + "}");
    create_endpoint("later", "/later", R"({"later":1})");
  }

  PendingAnswer ask(const std::string& what, const Fields& fields = {}) const {
    return data_async("GET", "/later?do=" + what, fields);
  }
  std::string told(const std::string& what) const { return get("/later?do=" + what).body(); }

  // Blocks until so many requests are with the handler, by asking again and again. False when that
  // takes over kPatience.
  bool wait_in_flight(int count) const {
    const TimePoint deadline = Clock::now() + kPatience;
    while (admin("GET", "/v1/backends/later").at("/stats/in_flight") != std::to_string(count)) {
      if (Clock::now() > deadline) return false;
    }
    return true;
  }
  double metric(const std::string& name) const { return metric_of(*this, name); }
};

}  // namespace

TEST_SUITE("async") {
  TEST_CASE("T96: with room for ten one replica of an async handler has ten requests out") {
    LaterHost host(10);
    std::vector<PendingAnswer> waiting;
    waiting.reserve(10);
    // Nobody is answered before all ten are with the handler.
    for (int i = 0; i < 10; ++i) waiting.push_back(host.ask("barrier&n=10"));
    for (PendingAnswer& pending : waiting) CHECK(pending.get().body() == "all here");
  }

  TEST_CASE("async: what does not fit into max_concurrent_queries waits in the queue") {
    LaterHost host(2);
    PendingAnswer first = host.ask("hold");
    PendingAnswer second = host.ask("hold");
    REQUIRE(host.wait_in_flight(2));
    PendingAnswer third = host.ask("kept");
    CHECK(host.wait_queued("later", 1));
    // More room, and it is served at once, beside those that are out.
    CHECK(host.admin("PATCH", "/v1/backends/later", R"({"config":{"max_concurrent_queries":3}})")
              .status() == 200);
    CHECK(third.get().body() == "2");
    CHECK(host.told("release") == "2");
    CHECK(first.get().body() == "released");
    CHECK(second.get().body() == "released");
    CHECK(host.wait_in_flight(0));
  }

  TEST_CASE("T91 B36: a client that leaves while it is queued is never executed") {
    LaterHost host(2);
    PendingAnswer held = host.ask("hold");
    PendingAnswer other = host.ask("hold");
    REQUIRE(host.wait_in_flight(2));
    PendingAnswer gone = host.ask("hold");
    PendingAnswer stays = host.ask("kept");
    REQUIRE(host.wait_queued("later", 2));
    gone.abandon();
    REQUIRE(wait_gone(host, 1));
    CHECK(host.admin("PATCH", "/v1/backends/later", R"({"config":{"max_concurrent_queries":4}})")
              .status() == 200);
    // Had it been executed, there would be three.
    CHECK(stays.get().body() == "2");
    CHECK(host.told("release") == "2");
    CHECK(held.get().body() == "released");
    CHECK(other.get().body() == "released");
  }

  TEST_CASE("T91 B36: a batch goes without the client that left while it waited") {
    HostFixture host({"gate"});
    PluginGate gate(host.directory());
    host.create_backend("g", "gate", R"({"max_batch_size":4})", gate.init_json());
    host.create_endpoint("g", "/g", R"({"g":1})");
    PendingAnswer busy = host.get_async("/g");
    REQUIRE(gate.wait_entered(1));
    PendingAnswer first = host.get_async("/g");
    PendingAnswer gone = host.get_async("/g");
    PendingAnswer last = host.get_async("/g");
    REQUIRE(host.wait_queued("g", 3));
    gone.abandon();
    REQUIRE(wait_gone(host, 1));
    gate.open(2);
    CHECK(busy.get().body() == "1");
    CHECK(first.get().body() == "2");
    CHECK(last.get().body() == "2");
  }

  TEST_CASE("T113: a handler is told at once that the client of a call it has out left") {
    LaterHost host(1);
    PendingAnswer leaving = host.ask("hand_back");
    REQUIRE(host.wait_in_flight(1));
    // Waits for room: none, before the handler hands the first one back.
    PendingAnswer next = host.ask("kept");
    REQUIRE(host.wait_queued("later", 1));
    leaving.abandon();
    CHECK(next.get().body() == "0");
    CHECK(host.metric("backplane_plugin_late_completions_total") == 1);
  }

  TEST_CASE(
      "T114: a call that times out answers 504, and its room is free when it is handed back") {
    LaterHost host(1);
    with_growing_limit(kShort, [&host](std::chrono::milliseconds limit) {
      PendingAnswer late = host.ask("hand_back", timeout(limit));
      CHECK(late.get().refusal() == "504 deadline_exceeded");
      CHECK(host.told("kept") == "0");
      return host.metric("backplane_plugin_late_completions_total") > 0;
    });
    CHECK(host.metric("backplane_plugin_late_completions_total") == 1);
  }

  TEST_CASE("T114: what a handler keeps past its deadline is its own until it is let go") {
    LaterHost host(2);
    with_growing_limit(kShort, [&host](std::chrono::milliseconds limit) {
      PendingAnswer late = host.ask("hold", timeout(limit));
      CHECK(late.get().refusal() == "504 deadline_exceeded");
      return host.told("kept") != "0";
    });
    CHECK(host.told("kept") == "1");
    CHECK(host.wait_in_flight(1));
    CHECK(host.told("release") == "1");
    CHECK(host.wait_in_flight(0));
    CHECK(host.metric("backplane_plugin_late_completions_total") == 1);
    CHECK(host.metric("backplane_plugin_double_completions_total") == 0);
  }

  TEST_CASE("async: a call that is forgotten fails as a broken contract, and makes room") {
    LaterHost host(2);
    PendingAnswer held = host.ask("hold");
    REQUIRE(host.wait_in_flight(1));
    CHECK(host.told("forget") == "1");
    CHECK(held.get().status() == 500);
    CHECK(host.wait_in_flight(0));
    CHECK(host.metric("backplane_plugin_contract_violations_total") == 1);
  }

  TEST_CASE("async: a reload waits for calls that are out with the former version") {
    LaterHost host(5);
    PendingAnswer held = host.ask("hand_back");
    REQUIRE(host.wait_in_flight(1));
    CHECK(host.admin("POST", "/v1/plugins/later/reload", R"({"force":true})").status() == 200);
    // The new version serves, and has none; the former is still there for the one that it has.
    CHECK(host.told("kept") == "0");
    CHECK(host.admin("GET", "/v1/plugins/later").json().root().find("generations")->size() == 2);
    held.abandon();
    // Its last call is over, and the former version goes.
    const TimePoint deadline = Clock::now() + kPatience;
    while (host.admin("GET", "/v1/plugins/later").json().root().find("generations")->size() > 1) {
      REQUIRE(Clock::now() < deadline);
    }
  }

  TEST_CASE("async: proxy_async waits for many with one replica") {
    LaterHost host(1);
    host.create_backend("proxy", "proxy_async");
    host.create_endpoint("proxy", "/proxy", R"({"proxy":1})");
    std::vector<PendingAnswer> waiting;
    waiting.reserve(50);
    for (int i = 0; i < 50; ++i) waiting.push_back(host.get_async("/proxy?delay_ms=100"));
    for (PendingAnswer& pending : waiting) {
      CHECK(pending.get().body() == "the other has answered");
    }
    CHECK(host.get("/proxy?delay_ms=x").status() == 400);
  }

  TEST_CASE("async: its handler may not run inline") {
    HostFixture host({"later"});
    CHECK(host.refused("PUT", "/v1/backends/later",
                       R"({"plugin":"later","handler":"later","config":{"execution":"inline"}})") ==
          "422 inline_not_supported");
  }
}

}  // namespace backplane::host
