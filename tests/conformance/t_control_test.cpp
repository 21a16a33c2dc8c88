#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "tests/support/background_load.hpp"
#include "tests/support/host_fixture.hpp"
#include "tests/support/plugin_gate.hpp"
#include "tests/support/raw_client.hpp"

namespace backplane::host {
namespace {

constexpr const char* kApp = R"({
  "backends": {"a": {"plugin": "hello", "handler": "hello"},
               "b": {"plugin": "hello2", "handler": "hello2"}},
  "endpoints": {"e": {"route": "/e", "traffic": {"a": 1}}}})";

constexpr const char* kOtherApp = R"({
  "backends": {"b": {"plugin": "hello2", "handler": "hello2", "config": {"num_replicas": 2}}},
  "endpoints": {"e": {"route": "/e", "traffic": {"b": 1}}}})";

// Asks for the operation until it has ended; its state.
std::string wait_ended(HostFixture& host, const std::string& id) {
  const TimePoint deadline = Clock::now() + kPatience;
  std::string state = "running";
  while (state == "running" && Clock::now() < deadline) {
    state = host.admin("GET", "/v1/operations/" + id).text_at("/state");
  }
  return state;
}

// A host with a backend "slow" whose constructor waits for as many others as never come, until it
// is given up.
struct StuckConstructor {
  HostFixture host{{"ctorgate", "hello"}};
  std::string operation;

  StuckConstructor() {
    const Answer answer = host.admin("PUT", "/v1/backends/stuck?wait_ms=0",
                                     R"({"plugin":"ctorgate","handler":"ctorgate",
                                         "init":{"replicas":2}})");
    REQUIRE(answer.status() == 202);
    operation = answer.text_at("/id");
    CHECK(answer.header("Location") == "/v1/operations/" + operation);
    CHECK(answer.text_at("/state") == "running");
  }
  // Lets the constructor go, if it has begun: two more come.
  ~StuckConstructor() {
    host.admin("PUT", "/v1/backends/second",
               R"({"plugin":"ctorgate","handler":"ctorgate","init":{"replicas":2},
                   "config":{"num_replicas":2}})");
  }
};

bool can_connect(std::uint16_t port) {
  return RawClient().connect(port);
}

}  // namespace

TEST_SUITE("control") {
  TEST_CASE("app: the whole state is put, read back and put again without a change") {
    HostFixture host({"hello", "hello2"});
    const Answer first = host.admin("PUT", "/v1/app", kApp);
    REQUIRE(first.status() == 200);
    CHECK(first.at("/changed") == "true");
    CHECK(first.at("/revision") == "1");
    CHECK(first.text_at("/diff/0/op") == "add");
    CHECK(first.text_at("/diff/0/path") == "/backends/a");
    CHECK(host.get("/e").body() == "hello serve!");
    const std::string whole = host.admin("GET", "/v1/app").body();
    const Answer again = host.admin("PUT", "/v1/app", whole);
    CHECK(again.status() == 200);
    CHECK(again.at("/changed") == "false");
    CHECK(again.at("/diff") == "[]");
    CHECK(again.at("/revision") == "1");
  }

  TEST_CASE("app: a document is one revision, and what it no longer names goes") {
    HostFixture host({"hello", "hello2"});
    REQUIRE(host.admin("PUT", "/v1/app", kApp).status() == 200);
    BackgroundLoad load(host.data_port(), "/e");
    REQUIRE(load.wait_answered(20));
    const Answer answer = host.admin("PUT", "/v1/app", kOtherApp);
    REQUIRE(answer.status() == 200);
    CHECK(answer.at("/revision") == "2");
    CHECK(answer.at("/diff") ==
          R"([{"op":"remove","path":"/backends/a","from":)" +
              host.admin("GET", "/v1/history/1").at("/app/backends/a") +
              R"(},{"op":"replace","path":"/backends/b/config/num_replicas","from":1,"to":2},)" +
              R"({"op":"remove","path":"/endpoints/e/traffic/a","from":1.0},)" +
              R"({"op":"add","path":"/endpoints/e/traffic/b","to":1.0}])");
    CHECK(host.get("/e").body() == "hello2");
    REQUIRE(load.wait_answered(20));
    const auto answers = load.stop();
    CHECK(answers.count("hello serve!") + answers.count("hello2") == answers.size());
    CHECK(host.admin("GET", "/v1/backends/a").status() == 404);
  }

  TEST_CASE("app: a document with one bad backend changes nothing") {
    HostFixture host({"hello", "hello2", "ctorfail"});
    REQUIRE(host.admin("PUT", "/v1/app", kApp).status() == 200);
    CHECK(host.refused("PUT", "/v1/app",
                       R"({"backends":{"b":{"plugin":"hello2","handler":"hello2"},
                           "c":{"plugin":"ctorfail","handler":"ctorfail"}},"endpoints":{}})") ==
          "422 backend_init_failed");
    const Answer unknown =
        host.admin("PUT", "/v1/app", R"({"backends":{"b":{"plugin":"hello2","handler":"none"}}})");
    CHECK(unknown.refusal() == "422 unknown_handler");
    CHECK(unknown.text_at("/pointer") == "/backends/b/handler");
    CHECK(host.refused("PUT", "/v1/app", R"({"backends":{},"endpoints":{"e":{"route":"/e",
                           "traffic":{"none":1}}}})") == "422 unknown_backend");
    CHECK(host.get("/e").body() == "hello serve!");
  }

  TEST_CASE("dry run: what the handlers that are loaded do not take is refused") {
    HostFixture host({"hello", "hello2"});
    REQUIRE(host.admin("PUT", "/v1/app", kApp).status() == 200);
    const auto dry = [&host](std::string_view method, const std::string& path,
                             const std::string& body) {
      const Answer answer = host.admin(method, path + "?dry_run=true", body);
      return answer.refusal() + " " + answer.text_at("/pointer");
    };
    CHECK(dry("PUT", "/v1/backends/n", R"({"plugin":"hello","handler":"none"})") ==
          "422 unknown_handler /handler");
    CHECK(dry("PUT", "/v1/backends/n",
              R"({"plugin":"hello","handler":"hello","config":{"max_batch_size":4}})") ==
          "422 batch_size_not_supported /config/max_batch_size");
    CHECK(dry("PATCH", "/v1/backends/a", R"({"config":{"max_batch_size":4}})") ==
          "422 batch_size_not_supported /config/max_batch_size");
    CHECK(dry("PUT", "/v1/app", R"({"backends":{"n":{"plugin":"hello","handler":"none"}}})") ==
          "422 unknown_handler /backends/n/handler");
  }

  TEST_CASE("dry run: every change says what it would do, and does nothing") {
    HostFixture host({"hello", "hello2"});
    REQUIRE(host.admin("PUT", "/v1/app", kApp).status() == 200);
    const std::string before = host.state();
    const Answer traffic =
        host.admin("PUT", "/v1/endpoints/e/traffic?dry_run=true", R"({"a":0.5,"b":0.5})");
    CHECK(traffic.status() == 200);
    CHECK(traffic.at("/dry_run") == "true");
    CHECK(traffic.at("/changed") == "true");
    CHECK(traffic.at("/diff") ==
          R"([{"op":"replace","path":"/endpoints/e/traffic/a","from":1.0,"to":0.5},)"
          R"({"op":"add","path":"/endpoints/e/traffic/b","to":0.5}])");
    CHECK(host.admin("PUT", "/v1/app?dry_run=true", kOtherApp).at("/changed") == "true");
    CHECK(host.admin("DELETE", "/v1/endpoints/e?dry_run=true").at("/changed") == "true");
    CHECK(host.admin("PATCH", "/v1/backends/a?dry_run=true", R"({"config":{"num_replicas":3}})")
              .at("/diff/0/to") == "3");
    CHECK(host.refused("DELETE", "/v1/backends/a?dry_run=true") == "409 backend_in_use");
    CHECK(host.refused("GET", "/v1/backends?dry_run=true") == "400 bad_query");
    CHECK(host.state() == before);
  }

  TEST_CASE("history: every revision with author, time, action and difference, newest first") {
    HostFixture host({"hello", "hello2"});
    REQUIRE(host.admin("PUT", "/v1/app", kApp).status() == 200);
    host.set_traffic("e", R"({"b":1})");
    host.set_traffic("e", R"({"a":0.5,"b":0.5})");
    const Answer all = host.admin("GET", "/v1/history");
    REQUIRE(all.status() == 200);
    CHECK(all.at("/revisions/0/revision") == "3");
    CHECK(all.text_at("/revisions/0/action") == "set_traffic e");
    CHECK(all.text_at("/revisions/0/author") == "local");
    CHECK(all.text_at("/revisions/0/time").size() == std::string("2026-01-02T03:04:05Z").size());
    CHECK(all.at("/revisions/0/diff/0/path") == R"("/endpoints/e/traffic/a")");
    CHECK(all.at("/revisions/2/revision") == "1");
    CHECK(all.at("/revisions/3").empty());
    const Answer page = host.admin("GET", "/v1/history?limit=1&before=3");
    CHECK(page.at("/revisions/0/revision") == "2");
    CHECK(page.at("/revisions/1").empty());
    CHECK(host.admin("GET", "/v1/history/2").at("/app/endpoints/e/traffic") == R"({"b":1.0})");
    CHECK(host.refused("GET", "/v1/history/9") == "404 unknown_revision");
    CHECK(host.refused("GET", "/v1/history/x") == "400 bad_name");
  }

  TEST_CASE("operations: a long call answers 202, can be watched, and ends") {
    std::string operation;
    HostFixture host({"ctorgate", "hello"});
    const std::string body = R"({"plugin":"ctorgate","handler":"ctorgate","init":{"replicas":2}})";
    const Answer first = host.admin("PUT", "/v1/backends/one?wait_ms=0", body);
    REQUIRE(first.status() == 202);
    operation = first.text_at("/id");
    CHECK(first.text_at("/action") == "put_backend");
    CHECK(first.text_at("/object") == "one");
    CHECK(host.admin("GET", "/v1/backends/one").status() == 404);  // not before it is done
    CHECK(host.admin("PUT", "/v1/backends/two", body).status() == 201);
    CHECK(wait_ended(host, operation) == "succeeded");
    const Answer ended = host.admin("GET", "/v1/operations/" + operation);
    CHECK(ended.text_at("/stage") == "done");
    CHECK(ended.at("/built") == "1");
    CHECK(host.admin("GET", "/v1/backends/one").status() == 200);
    CHECK(host.refused("DELETE", "/v1/operations/" + operation) == "409 operation_finished");
    CHECK(host.refused("GET", "/v1/operations/999") == "404 unknown_operation");
    CHECK(host.admin("GET", "/v1/operations").at("/operations/0/id") == '"' + operation + '"');
  }

  TEST_CASE("operations: one that fails says what the call would have been answered") {
    HostFixture host({"ctorfail"});
    const Answer accepted = host.admin("PUT", "/v1/backends/a?wait_ms=0",
                                       R"({"plugin":"ctorfail","handler":"ctorfail"})");
    REQUIRE(accepted.status() == 202);
    CHECK(wait_ended(host, accepted.text_at("/id")) == "failed");
    const Answer ended = host.admin("GET", "/v1/operations/" + accepted.text_at("/id"));
    CHECK(ended.at("/error/status") == "422");
    CHECK(ended.text_at("/error/code") == "backend_init_failed");
    CHECK_FALSE(ended.text_at("/error/detail").empty());
  }

  TEST_CASE("operations: one that is aborted before its commit changes nothing") {
    StuckConstructor stuck;
    const std::string before = stuck.host.state();
    const Answer aborted = stuck.host.admin("DELETE", "/v1/operations/" + stuck.operation);
    CHECK(aborted.status() == 200);
    CHECK(aborted.text_at("/state") == "aborted");
    CHECK(aborted.at("/error/status") == "409");
    CHECK(stuck.host.state() == before);
    // Nobody else is held up meanwhile, nor by what is left of it.
    stuck.host.create_backend("a", "hello");
  }

  TEST_CASE("operations: a change of what is being changed is refused") {
    StuckConstructor stuck;
    const std::string other = R"({"plugin":"hello","handler":"hello"})";
    CHECK(stuck.host.refused("PUT", "/v1/backends/stuck", other) == "409 operation_in_progress");
    CHECK(stuck.host.admin("PUT", "/v1/backends/stuck", other).text_at("/active_op") ==
          stuck.operation);
    stuck.host.create_backend("other", "hello");
  }

  TEST_CASE("operations: a call that waits a while answers when it is done before") {
    HostFixture host({"hello"});
    CHECK(
        host.admin("PUT", "/v1/backends/a?wait_ms=30000", R"({"plugin":"hello","handler":"hello"})")
            .status() == 201);
  }

  TEST_CASE("T101: after a restart the state is that of the last acknowledged change") {
    HostFixture host({"hello", "hello2"});
    const auto same_after_restart = [&host] {
      const std::string before = host.admin("GET", "/v1/app").body();
      const std::string revision = host.admin("GET", "/v1/app").header("ETag");
      host.restart();
      CHECK(host.admin("GET", "/v1/app").body() == before);
      CHECK(host.admin("GET", "/v1/app").header("ETag") == revision);
    };
    same_after_restart();
    host.create_backend("a", "hello");
    same_after_restart();
    host.create_backend("b", "hello2", R"({"num_replicas":2})");
    same_after_restart();
    host.create_endpoint("e", "/e", R"({"a":1})");
    same_after_restart();
    host.set_traffic("e", R"({"a":0.5,"b":0.5})");
    same_after_restart();
    REQUIRE(host.admin("POST", "/v1/undo", "{}").status() == 200);
    same_after_restart();
    CHECK(host.get("/e").body() == "hello serve!");
    REQUIRE(host.admin("DELETE", "/v1/endpoints/e").status() == 200);
    same_after_restart();
    CHECK(host.admin("GET", "/v1/history").at("/revisions/0/revision") == "6");
  }

  TEST_CASE(
      "T101: a state that is empty again has its revision and takes changes after a restart") {
    HostFixture host({"hello"});
    host.create_backend("a", "hello");
    REQUIRE(host.admin("DELETE", "/v1/backends/a").status() == 200);
    host.restart();
    CHECK(host.admin("GET", "/v1/app").header("ETag") == "\"2\"");
    host.create_backend("a", "hello");
    CHECK(host.admin("GET", "/v1/history").at("/revisions/0/revision") == "3");
  }

  TEST_CASE("T101: a backend whose plugin is gone answers 503 after a restart, others serve") {
    HostFixture host({"hello", "hello2"});
    REQUIRE(host.admin("PUT", "/v1/app", kApp).status() == 200);
    host.create_endpoint("f", "/f", R"({"b":1})");
    std::filesystem::remove(host.plugin_directory() / "hello2.so");
    // The copies that the host keeps would do.
    std::filesystem::remove_all(host.directory() / "state" / "artifacts");
    host.restart();
    CHECK(host.get("/e").body() == "hello serve!");
    CHECK(host.get("/f").refusal() == "503 no_replica");
    const Answer broken = host.admin("GET", "/v1/backends/b");
    CHECK(broken.text_at("/state") == "failed");
    CHECK(broken.text_at("/error/code") == "unknown_plugin");
    CHECK(host.admin("GET", "/readyz").status() == 503);
    host.add_plugin("hello2");
    REQUIRE(
        host.admin("PUT", "/v1/backends/b", R"({"plugin":"hello2","handler":"hello2"})").status() ==
        200);
    CHECK(host.get("/f").body() == "hello2");
    CHECK(host.admin("GET", "/readyz").status() == 200);
  }

  TEST_CASE("T106: a host that has stopped answers on neither port") {
    HostFixture host({"hello"});
    const std::uint16_t data = host.data_port();
    const std::uint16_t admin = host.admin_port();
    REQUIRE(can_connect(data));
    REQUIRE(can_connect(admin));
    host.stop();
    CHECK_FALSE(can_connect(data));
    CHECK_FALSE(can_connect(admin));
  }

  TEST_CASE("T107: every acceptor of the port answers for the same routes") {
    HostFixture host({"hello"}, [](HostConfig& config) { config.data.io_threads = 4; });
    host.create_backend("a", "hello");
    host.create_endpoint("e", "/e", R"({"a":1})");
    // The kernel spreads connections over the acceptors; those that go away take none with them.
    for (int i = 0; i < 64; ++i) {
      PendingAnswer leaving = host.get_async("/e");
      leaving.abandon();
      CHECK(host.get("/-/routes").status() == 200);
    }
    host.create_endpoint("f", "/f", R"({"a":1})");
    for (int i = 0; i < 64; ++i) CHECK(host.get("/f").body() == "hello serve!");
  }

  TEST_CASE(
      "T111: of two changes the last one holds, names do not collide, and a start finds both") {
    HostFixture host({"hello", "hello2"});
    host.create_backend("same", "hello");
    host.create_backend("other", "hello2");
    host.create_endpoint("same", "/same", R"({"same":1})");
    host.set_traffic("same", R"({"other":1})");
    host.set_traffic("same", R"({"same":0.5,"other":0.5})");
    host.restart();
    CHECK(host.admin("GET", "/v1/app").at("/endpoints/same/traffic") ==
          R"({"other":0.5,"same":0.5})");
    CHECK(host.admin("GET", "/v1/app").text_at("/backends/same/plugin") == "hello");
    CHECK(host.admin("GET", "/v1/history").at("/revisions/0/revision") == "5");
  }

  TEST_CASE("T104: what one admin client made another one sees and uses") {
    HostFixture host({"hello"});
    host.create_backend("a", "hello");  // each call is a connection of its own
    host.create_endpoint("e", "/e", R"({"a":1})");
    CHECK(host.admin("GET", "/v1/endpoints/e").text_at("/route") == "/e");
    CHECK(host.get("/e").body() == "hello serve!");
  }

  TEST_CASE("T105: hosts of equal names on their own ports do not interfere") {
    HostFixture one({"hello"});
    HostFixture other({"hello2"});
    one.create_backend("a", "hello");
    other.create_backend("a", "hello2");
    one.create_endpoint("e", "/e", R"({"a":1})");
    other.create_endpoint("e", "/e", R"({"a":1})");
    CHECK(one.get("/e").body() == "hello serve!");
    CHECK(other.get("/e").body() == "hello2");
    REQUIRE(one.admin("DELETE", "/v1/endpoints/e").status() == 200);
    CHECK(one.get("/e").status() == 404);
    CHECK(other.get("/e").body() == "hello2");
  }
}

}  // namespace backplane::host
