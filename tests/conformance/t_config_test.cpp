#include <set>
#include <string>

#include <doctest/doctest.h>

#include "tests/support/background_load.hpp"
#include "tests/support/host_fixture.hpp"
#include "tests/support/plugin_gate.hpp"

namespace backplane::host {
namespace {

Answer patch(HostFixture& host, const std::string& tag, const std::string& config) {
  return host.admin("PATCH", "/v1/backends/" + tag, R"({"config":)" + config + "}");
}

// What the configuration of `tag` says.
std::string config_of(HostFixture& host, const std::string& tag) {
  return host.admin("GET", "/v1/backends/" + tag).at("/config");
}

// The ids of the replicas that answered `requests` requests, one after the other.
std::set<std::string> ids(HostFixture& host, int requests) {
  std::set<std::string> found;
  for (int i = 0; i < requests; ++i) found.insert(host.get("/iid").body());
  return found;
}

// Blocks until no replica of `tag` is leaving any more, by asking again and again.
bool wait_left(HostFixture& host, const std::string& tag) {
  const TimePoint deadline = Clock::now() + kPatience;
  while (Clock::now() < deadline) {
    if (host.admin("GET", "/v1/backends/" + tag).at("/stats/replicas_leaving") == "0") return true;
  }
  return false;
}

}  // namespace

TEST_SUITE("config") {
  TEST_CASE("T40: PATCH changes the keys it names and nothing else, all or nothing") {
    HostFixture host({"bsize"});
    host.create_backend("b", "bsize", R"({"max_batch_size":10,"num_replicas":2})");
    REQUIRE(patch(host, "b", R"({"num_replicas":3})").status() == 200);
    const std::string config = config_of(host, "b");
    CHECK(host.admin("GET", "/v1/backends/b").at("/config/max_batch_size") == "10");
    CHECK(host.admin("GET", "/v1/backends/b").at("/config/num_replicas") == "3");
    const std::string path = "/v1/backends/b";
    CHECK(host.refused("PATCH", path, R"({"config":{"num_replica":4}})") == "422 unknown_field");
    CHECK(host.refused("PATCH", path, R"({"config":{"num_replicas":"4"}})") ==
          "422 invalid_argument");
    CHECK(host.refused("PATCH", path, R"({"config":{"max_batch_size":4,"num_replicas":0}})") ==
          "422 invalid_argument");
    CHECK(host.refused("PATCH", path, R"({"config":{},"init":1})") == "422 unknown_field");
    CHECK(host.refused("PATCH", path, R"({})") == "422 missing_field");
    CHECK(host.refused("PATCH", "/v1/backends/c", R"({"config":{}})") == "404 unknown_backend");
    const Answer refused = patch(host, "b", R"({"num_replicas":0})");
    CHECK(refused.text_at("/pointer") == "/config/num_replicas");
    CHECK(config_of(host, "b") == config);
  }

  TEST_CASE("T40: null restores the default of a key") {
    HostFixture host({"bsize"});
    host.create_backend("b", "bsize", R"({"max_batch_size":10,"request_timeout_ms":77})");
    REQUIRE(patch(host, "b", R"({"max_batch_size":null,"request_timeout_ms":null})").status() ==
            200);
    CHECK(host.admin("GET", "/v1/backends/b").at("/config/max_batch_size") == "1");
    CHECK(host.admin("GET", "/v1/backends/b").at("/config/request_timeout_ms") == "30000");
    CHECK(host.refused("PATCH", "/v1/backends/b", R"({"config":{"other":null}})") ==
          "422 unknown_field");
  }

  TEST_CASE("T41: a batch size is patched within what the handler takes") {
    HostFixture host({"hello", "bsize"});
    host.create_backend("single", "hello");
    CHECK(patch(host, "single", R"({"max_batch_size":1})").status() == 200);
    CHECK(host.refused("PATCH", "/v1/backends/single", R"({"config":{"max_batch_size":2}})") ==
          "422 batch_size_not_supported");
    host.create_backend("batched", "bsize");
    CHECK(patch(host, "batched", R"({"max_batch_size":2})").status() == 200);
  }

  TEST_CASE("T42: another batch size keeps every replica and loses no request") {
    HostFixture host({"iid", "bsize"});
    host.create_backend("b", "bsize", R"({"num_replicas":3,"max_batch_size":2})");
    host.create_backend("i", "iid", R"({"num_replicas":3})");
    host.create_endpoint("b", "/b", R"({"b":1})");
    host.create_endpoint("iid", "/iid", R"({"i":1})");
    const std::set<std::string> before = ids(host, 60);
    BackgroundLoad load(host.data_port(), "/b");
    REQUIRE(load.wait_answered(20));
    REQUIRE(patch(host, "b", R"({"max_batch_size":5})").status() == 200);
    REQUIRE(patch(host, "i", R"({"request_timeout_ms":5000,"max_queue":50})").status() == 200);
    REQUIRE(load.wait_answered(20));
    for (const auto& counted : load.stop()) {
      const std::string& answer = counted.first;
      CAPTURE(answer);
      CHECK(answer.size() == 1);  // the size of a batch, no error
    }
    const std::set<std::string> after = ids(host, 60);
    for (const std::string& id : after) CHECK_MESSAGE(before.count(id) + after.size() <= 4, id);
    CHECK(host.admin("GET", "/v1/backends/i").at("/generation") == "1");
    CHECK(host.admin("GET", "/v1/backends/b").at("/generation") == "1");
  }

  TEST_CASE("T43: scaling to one replica leaves one that serves everything") {
    HostFixture host({"count"});
    host.create_backend("c", "count", R"({"num_replicas":2})");
    host.create_endpoint("count", "/count", R"({"c":1})");
    REQUIRE(patch(host, "c", R"({"num_replicas":1})").status() == 200);
    REQUIRE(wait_left(host, "c"));
    const int first = std::stoi(host.get("/count").body());
    for (int i = 1; i <= 8; ++i) CHECK(host.get("/count").body() == std::to_string(first + i));
  }

  TEST_CASE("T97: a replica that was removed gets no request any more") {
    HostFixture host({"iid"});
    host.create_backend("i", "iid", R"({"num_replicas":4})");
    host.create_endpoint("iid", "/iid", R"({"i":1})");
    REQUIRE(patch(host, "i", R"({"num_replicas":1})").status() == 200);
    CHECK(ids(host, 40).size() == 1);
    CHECK(host.admin("GET", "/v1/backends/i").at("/stats/replicas") == "1");
  }

  TEST_CASE("T98: scaling down under load fails no request, and the replica ends") {
    HostFixture host({"slow"});
    host.create_backend("s", "slow", R"({"num_replicas":4})", R"({"ms":5})");
    host.create_endpoint("slow", "/slow", R"({"s":1})");
    BackgroundLoad load(host.data_port(), "/slow");
    REQUIRE(load.wait_answered(20));
    for (const char* replicas : {"1", "3", "2", "1"}) {
      REQUIRE(patch(host, "s", std::string(R"({"num_replicas":)") + replicas + "}").status() ==
              200);
      REQUIRE(load.wait_answered(20));
    }
    const auto answers = load.stop();
    CHECK(answers.size() == 1);
    CHECK(answers.count("slow") == 1);
    CHECK(wait_left(host, "s"));
    CHECK(host.admin("GET", "/v1/backends/s").at("/stats/replicas") == "1");
  }

  TEST_CASE("T90: a batch size and a wait hold from the next batch on") {
    HostFixture host({"bsize"});
    host.create_backend("b", "bsize", R"({"max_batch_size":2,"batch_wait_timeout_ms":60000})");
    host.create_endpoint("b", "/b", R"({"b":1})");
    auto alone = host.get_async("/b");
    REQUIRE(host.wait_queued("b", 1));
    // It would wait a minute for company by the old rule.
    REQUIRE(patch(host, "b", R"({"batch_wait_timeout_ms":0})").status() == 200);
    CHECK(alone.get().body() == "1");
  }

  TEST_CASE("T93: a bound under the batch size is refused and never cuts batches silently") {
    HostFixture host({"bsize"});
    host.create_backend("b", "bsize", R"({"max_batch_size":8,"max_concurrent_queries":8})");
    CHECK(host.refused("PATCH", "/v1/backends/b", R"({"config":{"max_concurrent_queries":7}})") ==
          "422 invalid_argument");
    CHECK(host.refused("PATCH", "/v1/backends/b", R"({"config":{"max_batch_size":9}})") ==
          "422 invalid_argument");
  }

  TEST_CASE("T95: one request is in flight and the other is queued") {
    HostFixture host({"gate"});
    PluginGate gate(host.directory());
    host.create_backend("g", "gate", R"({"max_concurrent_queries":1})", gate.init_json());
    host.create_endpoint("gate", "/gate", R"({"g":1})");
    const auto stats = [&host] {
      const Answer answer = host.admin("GET", "/v1/backends/g");
      return answer.at("/stats/in_flight") + " " + answer.at("/stats/queued");
    };
    auto first = host.get_async("/gate");
    REQUIRE(gate.wait_entered());
    auto second = host.get_async("/gate");
    REQUIRE(host.wait_queued("g", 1));
    CHECK(stats() == "1 1");
    gate.open();
    CHECK(first.get().status() == 200);
    REQUIRE(gate.wait_entered());
    CHECK(stats() == "1 0");
    gate.open();
    CHECK(second.get().status() == 200);
    const TimePoint deadline = Clock::now() + kPatience;
    while (stats() != "0 0" && Clock::now() < deadline) continue;
    CHECK(stats() == "0 0");
  }

  TEST_CASE("PATCH: a user_config reaches every replica, or none when one refuses it") {
    HostFixture host({"user_config_echo"});
    host.create_backend("u", "user_config_echo", R"({"num_replicas":3,"user_config":{"v":1}})");
    host.create_endpoint("u", "/u", R"({"u":1})");
    const auto answers = [&host] { return host.tally("/u", 60); };
    CHECK(answers() == std::map<std::string, int>{{R"({"v":1})", 60}});
    REQUIRE(patch(host, "u", R"({"user_config":{"v":2}})").status() == 200);
    CHECK(answers() == std::map<std::string, int>{{R"({"v":2})", 60}});
    CHECK(host.refused("PATCH", "/v1/backends/u", R"({"config":{"user_config":{"refuse":1}}})") ==
          "422 reconfigure_failed");
    CHECK(answers() == std::map<std::string, int>{{R"({"v":2})", 60}});
    // Taking it away makes the replicas anew, beside those that serve.
    REQUIRE(patch(host, "u", R"({"user_config":null})").status() == 200);
    CHECK(answers() == std::map<std::string, int>{{"none", 60}});
    CHECK(host.admin("GET", "/v1/backends/u").at("/generation") == "2");
  }

  TEST_CASE("PATCH: a new request timeout holds for the next request") {
    HostFixture host({"slow"});
    host.create_backend("s", "slow", "{}", R"({"ms":400})");
    host.create_endpoint("slow", "/slow", R"({"s":1})");
    REQUIRE(patch(host, "s", R"({"request_timeout_ms":1})").status() == 200);
    CHECK(host.get("/slow").status() == 504);
  }
}

}  // namespace backplane::host
