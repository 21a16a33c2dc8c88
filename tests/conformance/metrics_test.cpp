#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/background_load.hpp"
#include "tests/support/gate.hpp"
#include "tests/support/host_fixture.hpp"
#include "tests/support/metrics_text.hpp"
#include "tests/support/plugin_gate.hpp"
#include "tests/support/raw_client.hpp"

namespace backplane::host {
namespace {

using Errors = std::vector<std::string>;

MetricsText scrape(const HostFixture& host) {
  const Answer answer = host.admin("GET", "/metrics");
  REQUIRE(answer.status() == 200);
  MetricsText text(answer.body());
  CHECK(text.errors() == Errors{});
  return text;
}

void serve(const HostFixture& host, const std::string& handler, const std::string& config = "{}") {
  host.create_backend(handler, handler, config);
  host.create_endpoint(handler, "/" + handler, R"({")" + handler + R"(":1})");
}

// Every counter of `before` that `after` has too must not have fallen; says which did.
Errors fallen(const MetricsText& before, const MetricsText& after) {
  Errors names;
  for (const auto& [series, value] : before.values()) {
    const auto& [name, labels] = series;
    if (before.type_of_sample(name) == "gauge") continue;
    const auto now = after.value(name, labels);
    if (now && *now < value) names.push_back(name);
  }
  return names;
}

// Whether `requests` requests for `target` were all answered alike, with 200.
bool answered(const HostFixture& host, const std::string& target, int requests) {
  const auto answers = host.tally(target, requests);
  return answers.size() == 1 && answers.begin()->second == requests &&
         host.get(target).status() == 200;
}

// Scrapes until the samples of `name` sum up to `wanted`.
MetricsText scrape_until(const HostFixture& host, const std::string& name, double wanted) {
  const TimePoint deadline = Clock::now() + kPatience;
  for (;;) {
    MetricsText text = scrape(host);
    if (text.sum(name) >= wanted || Clock::now() > deadline) return text;
  }
}

}  // namespace

TEST_SUITE("metrics") {
  TEST_CASE("T108: a failing request is counted by HTTP, by its endpoint and by its backend") {
    HostFixture host({"thr", "hello"});
    serve(host, "thr");
    serve(host, "hello");
    const MetricsText before = scrape(host);
    REQUIRE(host.get("/thr").refusal() == "500 handler_error");
    const MetricsText after = scrape(host);
    const auto grown = [&](const std::string& name, const MetricsText::Labels& labels) {
      return after.sum(name, labels) - before.sum(name, labels);
    };
    CHECK(grown("backplane_http_requests_total", {{"listener", "data"}}) == 1);
    CHECK(grown("backplane_http_accepted_total", {{"listener", "data"}}) == 1);
    CHECK(after.value("backplane_requests_total", {{"endpoint", "thr"},
                                                   {"backend", "thr"},
                                                   {"generation", "1"},
                                                   {"outcome", "failed"}}) == 1.0);
    CHECK(grown("backplane_requests_total", {}) == 1);
    CHECK(grown("backplane_request_seconds_count", {{"endpoint", "thr"}}) == 1);
    const MetricsText::Labels backend{{"backend", "thr"}, {"generation", "1"}};
    CHECK(grown("backplane_handler_failures_total", backend) == 1);
    CHECK(after.value("backplane_handler_errors_total",
                      {{"backend", "thr"}, {"code", "handler_error"}, {"generation", "1"}}) == 1.0);
    CHECK(grown("backplane_handler_errors_total", {}) == 1);
    CHECK(grown("backplane_handler_executions_total", backend) == 1);
    CHECK(grown("backplane_queue_seconds_count", backend) == 1);
    CHECK(grown("backplane_handler_seconds_count", backend) == 1);
    CHECK(grown("backplane_batch_size_sum", {}) == 1);
    CHECK(after.sum("backplane_handler_requests_total", {{"backend", "hello"}}) == 0);
  }

  TEST_CASE("T109: the page is in the text format, with the host itself first") {
    HostFixture host({"hello"});
    serve(host, "hello", R"({"num_replicas":2})");
    CHECK(host.get("/hello").status() == 200);
    CHECK(host.get("/nowhere").status() == 404);
    const Answer page = host.admin("GET", "/metrics");
    CHECK(page.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
    CHECK(page.body().starts_with("# HELP backplane_build_info "));
    const MetricsText text(page.body());
    CHECK(text.errors() == Errors{});
    CHECK(text.value("backplane_revision") == 2.0);
    CHECK(text.value("backplane_ready") == 1.0);
    CHECK(text.value("backplane_replicas", {{"backend", "hello"}, {"generation", "1"}}) == 2.0);
    CHECK(text.value("backplane_queue_depth", {{"backend", "hello"}, {"generation", "1"}}) == 0.0);
    CHECK(text.value("backplane_backend_ready", {{"backend", "hello"}}) == 1.0);
    CHECK(text.value("backplane_start_time_seconds").value_or(0) > 1.5e9);
    CHECK(text.value("process_open_fds").value_or(0) > 0);
    CHECK(text.value("backplane_http_requests_total", {{"listener", "admin"}}).value_or(0) >= 3);
    CHECK(text.sum("backplane_http_connections", {{"listener", "admin"}}) >= 1);
    CHECK(text.has_family("backplane_plugin_double_completions_total"));
    CHECK(text.value("backplane_metrics_dropped_series") == 0.0);
    // As every GET.
    const Answer head = host.admin("HEAD", "/metrics");
    CHECK(head.status() == 200);
    CHECK(head.body().empty());
    CHECK(host.admin("POST", "/metrics").status() == 405);
  }

  TEST_CASE("row 107: what clients write is no label, and a full page says so and stays whole") {
    HostFixture host({"hello"});
    serve(host, "hello");
    const MetricsText before = scrape(host);
    CHECK(host.get("/no%22thing\\n?x=\"").status() >= 400);
    CHECK(host.data("BREW", "/hello").status() >= 400);
    CHECK(host.data("GET", "/hello", {{"X-Serve-Call-Method", "evil"}}).status() > 0);
    const MetricsText after = scrape(host);
    // Only the refusals of the HTTP server itself may have added series, by status.
    CHECK(after.series() - before.series() <= 2);
    CHECK(host.admin("GET", "/metrics").body().find("evil") == std::string::npos);
    for (int i = 0; i < 170; ++i) {
      host.create_endpoint("e" + std::to_string(i), "/e" + std::to_string(i), R"({"hello":1})");
    }
    const MetricsText full = scrape(host);
    CHECK(full.series() <= 5'000);
    CHECK(full.value("backplane_metrics_dropped_series").value_or(0) > 0);
    CHECK(full.has_family("backplane_http_requests_total"));
    CHECK(full.value("backplane_requests_total", {{"endpoint", "e99"},
                                                  {"backend", "hello"},
                                                  {"generation", "1"},
                                                  {"outcome", "ok"}}) == 0.0);
  }

  TEST_CASE("B56: after failures, refusals and clients that left the counts add up") {
    HostFixture host({"thr", "hello", "gate"});
    serve(host, "thr");
    serve(host, "hello", R"({"num_replicas":2})");
    PluginGate gate(host.directory());
    host.create_backend("gate", "gate", R"({"max_queue":1})", gate.init_json());
    host.create_endpoint("gate", "/gate", R"({"gate":1})");
    CHECK(answered(host, "/hello", 199));
    CHECK(host.tally("/thr", 50)["500 handler_error"] == 50);
    CHECK(host.tally("/nowhere", 20)["404 no_route"] == 20);
    // Refused before its body is read.
    RawClient early(host.data_port());
    REQUIRE(early.send("POST /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n"));
    const auto refused = early.read_response();
    CHECK((refused && refused->status == 405));
    // Found its endpoint, but was sent to no backend.
    CHECK(host.data("GET", "/hello", {{"X-Serve-Call-Method", "no name"}}).status() == 400);
    // One runs, one waits, one is refused; then both clients leave.
    PendingAnswer runs = host.get_async("/gate");
    REQUIRE(gate.wait_entered());
    PendingAnswer waits = host.get_async("/gate");
    REQUIRE(host.wait_queued("gate", 1));
    CHECK(host.get("/gate").refusal() == "429 queue_full");
    const MetricsText held = scrape(host);
    CHECK(held.value("backplane_queue_depth", {{"backend", "gate"}, {"generation", "1"}}) == 1.0);
    CHECK(held.sum("backplane_http_requests_total", {{"listener", "data"}}) ==
          held.sum("backplane_requests_total") + 2);
    runs.abandon();
    waits.abandon();
    CHECK(scrape_until(host, "backplane_http_client_gone_total", 2)
              .sum("backplane_http_client_gone_total") == 2);
    gate.open(2);

    // Counted when their handler is done with them.
    const MetricsText text = scrape_until(host, "backplane_requests_total", 275);
    const auto outcome = [&text](const std::string& word) {
      return text.sum("backplane_requests_total", {{"outcome", word}});
    };
    CHECK(outcome("ok") == 200);
    CHECK(outcome("failed") == 50);
    CHECK(outcome("client_error") == 22);
    CHECK(outcome("rejected") == 1);
    CHECK(outcome("client_gone") == 2);
    CHECK(text.sum("backplane_requests_total") == 275);
    CHECK(text.value("backplane_requests_total", {{"endpoint", "hello"},
                                                  {"backend", ""},
                                                  {"generation", ""},
                                                  {"outcome", "client_error"}}) == 1.0);
    CHECK(text.value("backplane_http_requests_total", {{"listener", "data"}}) == 275.0);
    CHECK(text.sum("backplane_request_seconds_count") == 275);
    CHECK(text.sum("backplane_batch_size_sum") == text.sum("backplane_handler_requests_total"));
    CHECK(text.sum("backplane_batch_size_count") == text.sum("backplane_handler_executions_total"));
    CHECK(text.sum("backplane_handler_requests_total", {{"backend", "hello"}}) == 200);
    CHECK(text.sum("backplane_handler_failures_total") == 50);
    CHECK(text.sum("backplane_queue_depth") == 0);
  }

  TEST_CASE("B56: no count falls when backends come and go, and each generation has its own") {
    HostFixture host({"hello"});
    host.create_backend("hello", "hello");
    host.create_backend("other", "hello");
    host.create_endpoint("kept", "/kept", R"({"hello":1})");
    MetricsText before = scrape(host);
    double asked = 0;
    for (int generation = 1; generation <= 7; ++generation) {
      CHECK(answered(host, "/kept", 9));
      asked += 10;
      const MetricsText after = scrape(host);
      CHECK(fallen(before, after) == Errors{});
      CHECK(after.sum("backplane_requests_total", {{"endpoint", "kept"}}) == asked);
      CHECK(after.sum("backplane_requests_total",
                      {{"endpoint", "kept"}, {"generation", std::to_string(generation)}}) == 10);
      CHECK(host.admin("GET", "/v1/endpoints/kept").at("/stats/requests") ==
            std::to_string(static_cast<int>(asked)));
      before = after;
      host.set_traffic("kept", R"({"other":1})");
      CHECK(host.admin("DELETE", "/v1/backends/hello").status() == 200);
      host.create_backend("hello", "hello");
      host.set_traffic("kept", R"({"hello":1})");
    }
  }

  TEST_CASE("metrics: scraping disturbs neither io threads nor replicas, and sees them grow") {
    HostFixture host({"hello", "batching"});
    serve(host, "hello", R"({"num_replicas":2})");
    BackgroundLoad load(host.data_port(), "/hello");
    MetricsText before = scrape(host);
    for (int i = 0; i < 20; ++i) {
      REQUIRE(load.wait_answered(10));
      MetricsText after = scrape(host);
      CHECK(fallen(before, after) == Errors{});
      CHECK(after.sum("backplane_requests_total", {{"endpoint", "hello"}}) >
            before.sum("backplane_requests_total", {{"endpoint", "hello"}}));
      before = std::move(after);
    }
    const auto answers = load.stop();
    CHECK(answers.size() == 1);
  }

  TEST_CASE("metrics: turned off, requests are answered and not counted, connections are") {
    HostFixture host({"thr", "hello"}, [](HostConfig& config) { config.metrics = false; });
    serve(host, "hello");
    serve(host, "thr");
    CHECK(answered(host, "/hello", 9));
    CHECK(host.get("/thr").status() == 500);
    CHECK(host.data("GET", "/hello").header("Backplane-Backend") == "hello@1");
    const MetricsText text = scrape(host);
    CHECK(text.value("backplane_http_requests_total", {{"listener", "data"}}) == 12.0);
    CHECK(text.sum("backplane_requests_total") == 0);
    CHECK(text.sum("backplane_handler_requests_total") == 0);
    CHECK(text.sum("backplane_handler_seconds_count") == 0);
    CHECK(text.value("backplane_replicas", {{"backend", "hello"}, {"generation", "1"}}) == 1.0);
    CHECK(host.admin("GET", "/v1/endpoints/hello").at("/stats/requests") == "0");
  }
}

}  // namespace backplane::host
