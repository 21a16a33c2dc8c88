#include <map>
#include <string>

#include <doctest/doctest.h>

#include "tests/support/background_load.hpp"
#include "tests/support/echo_arms.hpp"
#include "tests/support/reload_contract.hpp"
#include "tests/support/version_host.hpp"

namespace backplane::host {
namespace {

// The body of a reload on trial, with these limits.
std::string canary(const std::string& limits) {
  return R"({"strategy":"canary",)" + limits + "}";
}

// One that gets every request, and is never through.
std::string endless_canary() {
  return canary(R"("weight":1,"min_requests":1000000,"duration_ms":3600000)");
}

std::string wait_ended(const VersionHost& host, const std::string& location) {
  std::string state;
  CHECK(wait_for([&] {
    state = host.admin("GET", location).text_at("/state");
    return state != "running";
  }));
  return state;
}

}  // namespace

TEST_SUITE("canary") {
  TEST_CASE("canary: a build that fails too often is rolled back by itself, with the reason") {
    VersionHost host;
    BackgroundLoad load(host.data_port(), "/v");
    host.drop("version_flaky");
    const Answer accepted = host.reload(
        canary(R"("weight":0.2,"min_requests":40,"duration_ms":3600000)"), "?wait_ms=0");
    REQUIRE(accepted.status() == 202);
    CHECK(wait_ended(host, accepted.header("Location")) == "failed");
    const Answer ended = host.admin("GET", accepted.header("Location"));
    CHECK(ended.text_at("/error/code") == "canary_failed");
    CHECK(ended.text_at("/error/detail").find("requests failed") != std::string::npos);
    CHECK(host.plugin().text_at("/last_error/code") == "canary_failed");
    CHECK(host.admin("GET", "/metrics")
              .body()
              .find(R"(backplane_reloads_total{outcome="canary_failed"} 1)") != std::string::npos);
    CHECK(host.tally("/v", 64) == std::map<std::string, int>{{"v1", 64}});
    const auto answers = load.stop();
    // Only requests of its share were failed, and none was lost.
    CHECK(answers.at("v1") > answers.at("v5"));
    CHECK(answers.at("500 handler_error") > 0);
    CHECK(answers.size() == 3);
  }

  TEST_CASE("canary: a good build takes over by itself, and gets its share until then") {
    VersionHost host;
    host.drop("version2");
    PendingAnswer reload = host.reload_async(
        canary(R"("weight":0.25,"min_requests":200,"duration_ms":0)"), "?wait_ms=30000");
    // Nobody asks yet, so that it stays on trial.
    CHECK(wait_for([&] { return latest_stage(host) == "canary"; }));
    // Over one connection, so that one io thread deals them: twelve whole blocks of 32.
    std::map<std::string, int> share;
    for (const Answer& answer : ask_in_order(host, "/v", 12 * 32)) ++share[answer.body()];
    CHECK(share == std::map<std::string, int>{{"v1", 288}, {"v2", 96}});
    // By key a client keeps to one of both.
    const HostFixture::Fields key{{"X-Serve-Shard-Key", "user-17"}};
    const std::string first = host.data("GET", "/v", key).body();
    for (int i = 0; i < 20; ++i) CHECK(host.data("GET", "/v", key).body() == first);
    BackgroundLoad load(host.data_port(), "/v");
    CHECK(reload.get().text_at("/state") == "done");
    CHECK(host.tally("/v", 64) == std::map<std::string, int>{{"v2", 64}});
    CHECK(load.stop().size() <= 2);
  }

  TEST_CASE("canary: one that is too slow is rolled back, and one on trial can be aborted") {
    VersionHost host;
    host.drop("version_slow");
    const Answer slow =
        host.reload(canary(R"("weight":1,"min_requests":8,"max_p99_ms":20,"duration_ms":3600000)"),
                    "?wait_ms=0");
    REQUIRE(slow.status() == 202);
    CHECK(wait_for([&] { return host.get("/v").body() == "v6"; }));
    host.tally("/v", 16);
    CHECK(wait_ended(host, slow.header("Location")) == "failed");
    CHECK(host.plugin().text_at("/last_error/code") == "canary_failed");
    host.drop("version2");
    const Answer trial = host.reload(endless_canary(), "?wait_ms=0");
    CHECK(wait_for([&] { return host.get("/v").body() == "v2"; }));
    CHECK(host.admin("DELETE", trial.header("Location")).text_at("/state") == "aborted");
    CHECK(host.tally("/v", 32) == std::map<std::string, int>{{"v1", 32}});
  }

  TEST_CASE(
      "canary: one that is promoted takes over whatever it has shown, and all callers are told") {
    VersionHost host;
    const ReloadContract contract(host);
    const Answer early = host.promote();
    CHECK(early.refusal() == "409 nothing_on_trial");
    contract.check(early, "POST", "/v1/plugins/{name}/promote");
    host.drop("version2");
    PendingAnswer reload = host.reload_async(endless_canary(), "?wait_ms=60000");
    REQUIRE(wait_for([&] { return host.get("/v").body() == "v2"; }));
    // It is on trial, and is not what the host would come back with.
    CHECK(host.plugin().text_at("/running_sha256") != host.plugin().text_at("/sha256"));
    CHECK(host.plugin().text_at("/generations/0/state") == "serving");
    CHECK(host.plugin().text_at("/generations/1/state") == "on_trial");
    contract.check(host.plugin(), "GET", "/v1/plugins/{name}");
    const Answer promoted = host.promote();
    CHECK(promoted.status() == 200);
    CHECK(promoted.text_at("/state") == "done");
    CHECK(promoted.text_at("/operation/state") == "succeeded");
    CHECK(promoted.body() == reload.get().body());
    contract.check(promoted, "POST", "/v1/plugins/{name}/promote");
    CHECK(host.plugin().text_at("/running_sha256") == host.plugin().text_at("/sha256"));
    CHECK(host.tally("/v", 32) == std::map<std::string, int>{{"v2", 32}});
    CHECK(host.promote().refusal() == "409 nothing_on_trial");
    CHECK(host.admin("POST", "/v1/plugins/nobody/promote").refusal() == "404 plugin_not_in_use");
  }

  TEST_CASE("canary: a reload that waits behind a trial goes its own way once that is promoted") {
    VersionHost host;
    host.drop("version2");
    PendingAnswer trial = host.reload_async(endless_canary(), "?wait_ms=60000");
    REQUIRE(wait_for([&] { return host.get("/v").body() == "v2"; }));
    PendingAnswer waiting = host.reload_async(R"({"force":true})", "?wait_ms=60000");
    REQUIRE(wait_for([&] { return latest_stage(host) == "waiting"; }));
    CHECK(host.promote().text_at("/state") == "done");
    CHECK(trial.get().text_at("/state") == "done");
    CHECK(waiting.get().text_at("/state") == "done");
    CHECK(host.promote().refusal() == "409 nothing_on_trial");
  }

  TEST_CASE("canary: its operation says what it has shown") {
    VersionHost host;
    host.drop("version_flaky");
    const Answer trial = host.reload(
        canary(R"("weight":1,"min_requests":1000,"duration_ms":3600000)"), "?wait_ms=0");
    REQUIRE(trial.status() == 202);
    CHECK(trial.at("/trial").empty());
    const std::string operation = trial.header("Location");
    CHECK(wait_for([&] { return host.admin("GET", operation).text_at("/stage") == "canary"; }));
    const auto answers = host.tally("/v", 64);
    const std::string failed = std::to_string(answers.at("500 handler_error"));
    CHECK(wait_for([&] { return host.admin("GET", operation).at("/trial/requests") == "64"; }));
    const Answer shown = host.admin("GET", operation);
    CHECK(shown.at("/trial/errors") == failed);
    CHECK(shown.at("/trial/min_requests") == "1000");
    CHECK(std::stod(shown.at("/trial/p99_ms")) > 0);
    ReloadContract(host).check(shown, "GET", "/v1/operations/{id}");
  }

  TEST_CASE("canary: a version that runs already, too, is promoted, and its caller answered") {
    const VersionHost host;
    const Answer trial = host.reload(
        canary(R"("force":true,"weight":1,"min_requests":1000000,"duration_ms":3600000)"),
        "?wait_ms=0");
    REQUIRE(trial.status() == 202);
    const std::string operation = trial.header("Location");
    CHECK(wait_for([&] { return host.admin("GET", operation).text_at("/stage") == "canary"; }));
    CHECK(host.promote().text_at("/state") == "done");
    CHECK(host.admin("GET", operation).text_at("/state") == "succeeded");
  }

  TEST_CASE("canary: of a revision that is no more it is not promoted, and stays on trial") {
    VersionHost host;
    host.drop("version2");
    const Answer trial = host.reload(endless_canary(), "?wait_ms=0");
    REQUIRE(wait_for([&] { return host.get("/v").body() == "v2"; }));
    CHECK(host.promote({{"If-Match", "\"77\""}}).refusal() == "412 stale_revision");
    CHECK(host.admin("GET", trial.header("Location")).text_at("/stage") == "canary");
    const Answer accepted =
        host.promote({{"If-Match", host.plugin().header("ETag")}}, "?wait_ms=0");
    CHECK(accepted.status() == 202);
    CHECK(accepted.header("Location") == trial.header("Location"));
    CHECK(wait_ended(host, accepted.header("Location")) == "succeeded");
    CHECK(host.get("/v").body() == "v2");
  }

  TEST_CASE("canary: one that is on trial when the host stops ends with it, and its call is told") {
    VersionHost host;
    host.drop("version2");
    PendingAnswer reload = host.reload_async(endless_canary());
    REQUIRE(wait_for([&] { return host.get("/v").body() == "v2"; }));
    host.stop();
    CHECK(reload.get().refusal() == "503 shutting_down");
    CHECK(host.logged("-v2") == 2);
  }
}

}  // namespace backplane::host
