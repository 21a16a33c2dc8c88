#include <map>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/background_load.hpp"
#include "tests/support/echo_arms.hpp"
#include "tests/support/host_fixture.hpp"
#include "tests/support/plugin_gate.hpp"

namespace backplane::host {
namespace {

constexpr const char* kHalves = R"({"a":0.5,"b":0.5})";
constexpr const char* kPolicy = "/v1/endpoints/e/policy";

Answer set_policy(const HostFixture& host, const std::string& body) {
  Answer answer = host.admin("PUT", kPolicy, body);
  REQUIRE_MESSAGE(answer.status() == 200, answer.body());
  return answer;
}

// "aaaabbbb": who answered that many requests, one after the other.
std::string letters(const HostFixture& host, int requests) {
  std::string text;
  for (const Answer& answer : ask_in_order(host, "/e", requests)) text += answer.text_at("");
  return text;
}

}  // namespace

TEST_SUITE("policies") {
  TEST_CASE("T59: round robin gives twenty requests over two backends ten each") {
    HostFixture host({"user_config_echo"});
    create_arms(host, {"a", "b"}, kHalves);
    const Answer set = set_policy(host, R"({"policy":"round_robin"})");
    CHECK(set.text_at("/policy") == "round_robin");
    CHECK(set.at("/traffic") == kHalves);
    // Over eight connections, which two io threads share.
    CHECK(host.tally("/e", 20) == Tally{{R"("a")", 10}, {R"("b")", 10}});
    CHECK(letters(host, 6) == "ababab");
  }

  TEST_CASE("T60: fixed packing by four: the first four to one, the next four to the other") {
    HostFixture host({"user_config_echo"});
    create_arms(host, {"a", "b"}, kHalves);
    const Answer set = set_policy(host, R"({"policy":"fixed_packing","packing_num":4})");
    CHECK(set.at("/packing_num") == "4");
    CHECK(letters(host, 12) == "aaaabbbbaaaa");
  }

  TEST_CASE("T61: power of two sends to the shorter of two queues") {
    HostFixture host({"gate"});
    PluginGate gate_a(host.directory(), "a");
    PluginGate gate_b(host.directory(), "b");
    host.create_backend("a", "gate", "{}", gate_a.init_json());
    host.create_backend("b", "gate", "{}", gate_b.init_json());
    host.create_endpoint("e", "/e", R"({"a":1})");
    std::vector<PendingAnswer> pending;
    pending.reserve(5);
    // One inside the handler, three behind it.
    for (int i = 0; i < 4; ++i) pending.push_back(host.get_async("/e"));
    REQUIRE(gate_a.wait_entered());
    REQUIRE(host.wait_queued("a", 3));
    host.set_traffic("e", kHalves);
    set_policy(host, R"({"policy":"power_of_two"})");
    pending.push_back(host.get_async("/e"));
    REQUIRE(gate_b.wait_entered());
    pending.push_back(host.get_async("/e"));
    REQUIRE(host.wait_queued("b", 1));
    CHECK(host.admin("GET", "/v1/backends/a").at("/stats/queued") == "3");
    gate_a.open(4);
    gate_b.open(2);
    Tally served;
    for (PendingAnswer& waiting : pending) ++served[waiting.get().header("Backplane-Backend")];
    CHECK(served == Tally{{"a@1", 4}, {"b@1", 2}});
  }

  TEST_CASE("T62: power of two works with a backend of weight 0, and with one backend") {
    HostFixture host({"user_config_echo"});
    create_arms(host, {"a", "b"}, R"({"a":1.0,"b":0.0})");
    set_policy(host, R"({"policy":"power_of_two"})");
    CHECK(host.tally("/e", 100) == Tally{{R"("a")", 100}});
    host.set_traffic("e", R"({"b":1.0})");
    CHECK(host.tally("/e", 100) == Tally{{R"("b")", 100}});
  }

  TEST_CASE("T56: changes of policy and weights under load fail no request") {
    HostFixture host({"user_config_echo"});
    create_arms(host, {"a", "b"}, R"({"a":1})");
    BackgroundLoad load(host.data_port(), "/e");
    int stale = 0;
    for (int i = 0; i < 10; ++i) {
      for (const char* const policy :
           {R"({"policy":"round_robin"})", R"({"policy":"fixed_packing","packing_num":3})",
            R"({"policy":"power_of_two"})", R"({"policy":"random"})"}) {
        // The answer says that the change is there: the next request sees it.
        host.set_traffic("e", R"({"b":0.5,"a":0.5})");
        set_policy(host, policy);
        host.set_traffic("e", R"({"b":1})");
        stale += host.get("/e").body() == R"("b")" ? 0 : 1;
        host.set_traffic("e", R"({"a":1,"b":0})");
        stale += host.get("/e").body() == R"("a")" ? 0 : 1;
      }
      REQUIRE(load.wait_answered(8));
    }
    const Tally answers = load.stop();
    CHECK(stale == 0);
    CHECK(share_of(answers, "a") > 0);
    CHECK(share_of(answers, "b") > 0);
    CHECK(answers.size() == 2);
  }

  TEST_CASE("a shard key goes to the same backend under every policy") {
    HostFixture host({"user_config_echo"});
    create_arms(host, {"a", "b"}, kHalves);
    std::map<std::string, std::string> arms;
    for (const char* const policy :
         {R"({"policy":"random"})", R"({"policy":"round_robin"})", R"({"policy":"power_of_two"})",
          R"({"policy":"fixed_packing","packing_num":2})"}) {
      CAPTURE(policy);
      set_policy(host, policy);
      for (int i = 0; i < 20; ++i) {
        const std::string key = "key-" + std::to_string(i);
        const std::string arm = host.data("GET", "/e", {{"X-Serve-Shard-Key", key}}).body();
        CHECK(arms.emplace(key, arm).first->second == arm);
      }
    }
    CHECK(arms.size() == 20);
  }

  TEST_CASE("a policy is part of the endpoint, and one that cannot be is refused with its place") {
    HostFixture host({"user_config_echo"});
    host.create_backend("a", "user_config_echo");
    const Answer made =
        host.admin("PUT", "/v1/endpoints/e",
                   R"({"route":"/e","traffic":{"a":1},"policy":"fixed_packing","packing_num":3})");
    REQUIRE(made.status() == 201);
    CHECK(made.text_at("/policy") == "fixed_packing");
    CHECK(made.at("/packing_num") == "3");
    for (const auto& [wrong, refusal] :
         {std::pair{R"({"policy":"fair"})", "422 invalid_policy"},
          {R"({"policy":7})", "422 invalid_policy"},
          {R"({"policy":"fixed_packing"})", "422 missing_field"},
          {R"({"policy":"fixed_packing","packing_num":0})", "422 invalid_argument"},
          {R"({"policy":"random","packing_num":3})", "422 invalid_policy"},
          {R"({"policy":"random","weights":{}})", "422 unknown_field"},
          {R"({})", "422 missing_field"},
          {R"("random")", "422 invalid_argument"},
          {R"({"policy":"random")", "400 invalid_json"}}) {
      const std::string body = wrong;
      CAPTURE(body);
      CHECK(host.refused("PUT", kPolicy, body) == refusal);
    }
    CHECK(
        host.admin("PUT", kPolicy, R"({"policy":"random","packing_num":3})").text_at("/pointer") ==
        "/packing_num");
    CHECK(host.refused("PUT", "/v1/endpoints/other/policy", R"({"policy":"random"})") ==
          "404 unknown_endpoint");
    const Answer random = set_policy(host, R"({"policy":"random"})");
    CHECK(random.at("/packing_num").empty());
    const std::string before = host.state();
    set_policy(host, R"({"policy":"random"})");
    CHECK(host.state() == before);
  }
}

}  // namespace backplane::host
