#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "host/app/host.hpp"
#include "tests/support/background_load.hpp"
#include "tests/support/plugin_gate.hpp"
#include "tests/support/reload_contract.hpp"
#include "tests/support/spoiled_host.hpp"

// What a reload answers when nothing is wrong with its file. Whatever comes of it, the version
// before serves until the switch.
namespace backplane::host {
namespace {

constexpr std::string_view kForce = R"({"force":true})";

// A host under load whose plugin `ctorwait` serves "waited", and whose next versions are made when
// the gate lets them.
struct GatedHost {
  GatedHost() : host({"ctorwait"}), gate(host.directory()) {
    gate.open();
    host.create_backend("a", "ctorwait", "{}", gate.init_json());
    host.create_endpoint("a", "/a", R"({"a":1})");
    contract.emplace(host);
    load.emplace(host.data_port(), "/a");
    REQUIRE(load->wait_answered(4));
  }

  PendingAnswer reload_async(const std::string& query = "?wait_ms=60000",
                             std::string_view body = kForce) const {
    return host.admin_async("POST", "/v1/plugins/ctorwait/reload" + query, body);
  }
  // The answer, which must be one that the served document promises.
  Answer answer_of(PendingAnswer pending) const {
    Answer answer = pending.get();
    contract->check(answer);
    return answer;
  }
  Answer reload(const std::string& query = "?wait_ms=60000", std::string_view body = kForce) const {
    return answer_of(reload_async(query, body));
  }
  Answer reload_if_match(const std::string& tag) const {
    const HostFixture::Fields fields{{"If-Match", tag}, {"Content-Type", "application/json"}};
    RawClient client(host.admin_port());
    auto response =
        client.ask(request_text("POST", "/v1/plugins/ctorwait/reload?wait_ms=0", fields, kForce));
    REQUIRE(response.has_value());
    return Answer(std::move(*response));
  }

  bool wait_building() const {
    return wait_for([&] { return latest_stage(host) == "building"; });
  }
  bool wait_state(const std::string& operation, const std::string& state) const {
    return wait_for([&] { return host.admin("GET", operation).text_at("/state") == state; });
  }
  std::string revision() const { return host.admin("GET", "/v1/status").at("/revision"); }

  // That `answer` names an operation that runs and does `action`.
  void check_blocked(const Answer& answer, const std::string& action) const {
    const Answer active = host.admin("GET", "/v1/operations/" + answer.text_at("/active_op"));
    CHECK(active.text_at("/state") == "running");
    CHECK(active.text_at("/action") == action);
  }

  void check_served() {
    CHECK(load->wait_answered(4));
    CHECK(kinds(load->stop()) == "waited");
  }

  HostFixture host;
  PluginGate gate;
  std::optional<ReloadContract> contract;
  std::optional<BackgroundLoad> load;
};

}  // namespace

TEST_SUITE("reload answers") {
  TEST_CASE("reload: whoever does not wait long enough has the operation, which goes on") {
    GatedHost gated;
    const Answer accepted = gated.reload("?wait_ms=1");
    REQUIRE(accepted.status() == 202);
    const std::string operation = accepted.header("Location");
    CHECK(operation == "/v1/operations/" + accepted.text_at("/id"));
    CHECK(accepted.text_at("/state") == "running");
    CHECK(gated.wait_building());
    // A reload that is under way is not on trial.
    CHECK(gated.host.admin("POST", "/v1/plugins/ctorwait/promote").refusal() ==
          "409 nothing_on_trial");
    const Answer watched = gated.host.admin("GET", operation);
    CHECK(watched.status() == 200);
    CHECK(watched.text_at("/state") == "running");
    gated.gate.open();
    CHECK(gated.wait_state(operation, "succeeded"));
    gated.check_served();
  }

  TEST_CASE("reload: one that was switched is aborted no more, but may be rolled back") {
    GatedHost gated;
    const std::string aborted = gated.reload("?wait_ms=0").header("Location");
    REQUIRE(gated.wait_building());
    CHECK(gated.host.admin("DELETE", aborted).text_at("/state") == "aborted");
    CHECK(gated.host.admin("GET", aborted).text_at("/error/code") == "operation_aborted");
    gated.gate.open(2);
    const Answer done = gated.reload();
    REQUIRE(done.status() == 200);
    const Answer late =
        gated.host.admin("DELETE", "/v1/operations/" + done.text_at("/operation/id"));
    CHECK(late.refusal() == "409 operation_finished");
    CHECK(late.detail().find("rollback") != std::string::npos);
    gated.check_served();
  }

  TEST_CASE("reload: while one runs, equal ones wait together, and only so many") {
    GatedHost gated;
    PendingAnswer running = gated.reload_async();
    REQUIRE(gated.wait_building());
    const auto pinned = [](char digit) {
      return R"({"force":true,"sha256":")" + std::string(64, digit) + R"("})";
    };
    std::vector<std::string> waiting;
    for (const char digit : std::string("12345678")) {
      const Answer accepted = gated.reload("?wait_ms=0", pinned(digit));
      CHECK(accepted.status() == 202);
      waiting.push_back(accepted.header("Location"));
    }
    CHECK(gated.reload("?wait_ms=0", pinned('3')).header("Location") == waiting[2]);
    const Answer refused = gated.reload("?wait_ms=0", pinned('9'));
    CHECK(refused.refusal() == "409 reload_in_progress");
    gated.check_blocked(refused, "reload");
    gated.gate.open();
    CHECK(gated.answer_of(std::move(running)).status() == 200);
    for (const std::string& operation : waiting) {
      CHECK(gated.wait_state(operation, "failed"));
      CHECK(gated.host.admin("GET", operation).text_at("/error/code") == "sha256_mismatch");
    }
    gated.check_served();
  }

  TEST_CASE("62: eight clients that reload at once while one runs are served by one more") {
    GatedHost gated;
    PendingAnswer running = gated.reload_async();
    REQUIRE(gated.wait_building());
    std::string operation = gated.reload("?wait_ms=0").header("Location");
    for (int i = 1; i < 8; ++i) {
      CHECK(gated.reload("?wait_ms=0").header("Location") == operation);
    }
    gated.gate.open(2);
    CHECK(gated.answer_of(std::move(running)).at("/generation") == "2");
    CHECK(gated.wait_state(operation, "succeeded"));
    CHECK(gated.host.admin("GET", "/v1/backends/a").at("/generation") == "3");
    gated.check_served();
  }

  TEST_CASE("reload: a backend that is being changed is not replaced meanwhile") {
    GatedHost gated;
    PendingAnswer change =
        gated.host.admin_async("PATCH", "/v1/backends/a", R"({"config":{"num_replicas":2}})");
    REQUIRE(gated.wait_building());
    const Answer refused = gated.reload();
    CHECK(refused.refusal() == "409 operation_in_progress");
    gated.check_blocked(refused, "patch_backend");
    CHECK(gated.host.admin("GET", "/v1/plugins/ctorwait").text_at("/last_error/active_op") ==
          refused.text_at("/active_op"));
    gated.gate.open();
    CHECK(change.get().status() == 200);
    gated.gate.open(2);
    CHECK(gated.reload().status() == 200);
    gated.check_served();
  }

  TEST_CASE("reload: made of a revision that is no more, or that passes meanwhile, it is refused") {
    GatedHost gated;
    const std::string stale = '"' + gated.revision() + '"';
    gated.host.create_endpoint("x", "/x", "{}");
    const Answer refused = gated.reload_if_match(stale);
    CHECK(refused.status() == 412);
    CHECK(refused.detail().find('"' + gated.revision() + '"') != std::string::npos);
    gated.contract->check(refused);
    const Answer accepted = gated.reload_if_match('"' + gated.revision() + '"');
    REQUIRE(accepted.status() == 202);
    REQUIRE(gated.wait_building());
    gated.host.create_endpoint("y", "/y", "{}");
    gated.gate.open();
    CHECK(gated.wait_state(accepted.header("Location"), "failed"));
    CHECK(gated.host.admin("GET", accepted.header("Location")).at("/error/status") == "412");
    gated.check_served();
  }

  TEST_CASE("reload: a host that is to end takes none, and gives up the one that runs") {
    GatedHost gated;
    PendingAnswer running = gated.reload_async();
    REQUIRE(gated.wait_building());
    gated.host.host().begin_drain();
    const Answer refused = gated.reload();
    CHECK(refused.refusal() == "503 shutting_down");
    CHECK(refused.header("Retry-After") == "1");
    gated.gate.open();
    CHECK(gated.answer_of(std::move(running)).refusal() == "503 shutting_down");
    gated.check_served();
  }
}

}  // namespace backplane::host
