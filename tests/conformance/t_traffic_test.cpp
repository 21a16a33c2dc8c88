#include <cmath>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/background_load.hpp"
#include "tests/support/echo_arms.hpp"
#include "tests/support/host_fixture.hpp"

namespace backplane::host {
namespace {

std::string arm_of(const HostFixture& host, const std::string& key) {
  const Answer answer = host.data("GET", "/e", {{"X-Serve-Shard-Key", key}});
  return answer.status() == 200 ? answer.body() : answer.refusal();
}

std::vector<std::string> five_tags() {
  return {"b1", "b2", "b3", "b4", "b5"};
}

std::map<std::string, std::string> arms_of_keys(const HostFixture& host, int keys) {
  std::map<std::string, std::string> arms;
  for (int i = 0; i < keys; ++i) {
    const std::string key = "user-" + std::to_string(i);
    arms[key] = arm_of(host, key);
  }
  return arms;
}

constexpr const char* kFifths = R"({"b1":0.2,"b2":0.2,"b3":0.2,"b4":0.2,"b5":0.2})";

}  // namespace

TEST_SUITE("traffic") {
  TEST_CASE("T48: traffic to an unknown backend is refused") {
    HostFixture host({"user_config_echo"});
    create_arms(host, {"a"}, R"({"a":1})");
    CHECK(host.refused("PUT", "/v1/endpoints/e/traffic", R"({"nobody":1})") ==
          "422 unknown_backend");
    const Answer refused =
        host.admin("PUT", "/v1/endpoints/e/traffic", R"({"a":0.5,"nobody":0.5})");
    CHECK(refused.text_at("/pointer") == "/nobody");
    CHECK(refused.detail().find("'nobody'") != std::string::npos);
    CHECK(host.get("/e").body() == R"("a")");
  }

  TEST_CASE("T49: traffic of an unknown endpoint is answered 404") {
    HostFixture host({"user_config_echo"});
    create_arms(host, {"a"}, R"({"a":1})");
    CHECK(host.refused("PUT", "/v1/endpoints/other/traffic", R"({"a":1})") ==
          "404 unknown_endpoint");
  }

  TEST_CASE("T50: weights must be finite, not negative and sum to 1") {
    HostFixture host({"user_config_echo"});
    create_arms(host, {"a", "b", "c"}, R"({"a":1})");
    for (const char* const traffic :
         {R"({"a":0.9})", R"({"a":1.1})", R"({"a":0})", "{}", R"({"a":0.5,"b":0.6})",
          R"({"a":-0.1,"b":1.1})", R"({"a":1e999})", R"({"a":"1"})", R"({"a":true})",
          R"({"a":null})", R"({"a":[1]})", R"(["a"])", "1", R"("a")"}) {
      CAPTURE(traffic);
      CHECK(host.refused("PUT", "/v1/endpoints/e/traffic", traffic) == "422 invalid_weights");
    }
    for (const char* const traffic : {R"({"a":NaN})", R"({"a":Infinity})", R"({"a":-Infinity})",
                                      R"({"a":.5,"b":.5})", R"({"a":0.5,"a":0.5})", R"({"a":1)"}) {
      CAPTURE(traffic);
      CHECK(host.refused("PUT", "/v1/endpoints/e/traffic", traffic) == "400 invalid_json");
    }
    host.set_traffic("e", R"({"a":0.33,"b":0.33,"c":0.34})");
    host.set_traffic("e", R"({"a":0.5,"b":0.4995})");
    CHECK(host.admin("GET", "/v1/endpoints/e").at("/traffic").find("0.5002") != std::string::npos);
    host.set_traffic("e", R"({"a":1.0005})");
    CHECK(host.admin("GET", "/v1/endpoints/e").at("/traffic") == R"({"a":1.0})");
  }

  TEST_CASE("T51: refused weights leave the traffic as it was") {
    HostFixture host({"user_config_echo"});
    create_arms(host, {"a", "b"}, R"({"a":1})");
    CHECK(host.refused("PUT", "/v1/endpoints/e/traffic", R"({"a":0.5,"b":0.49})") ==
          "422 invalid_weights");
    CHECK(host.tally("/e", 100) == Tally{{R"("a")", 100}});
  }

  TEST_CASE("T52: the first request after the answer of a change sees the change") {
    HostFixture host({"user_config_echo"});
    create_arms(host, {"a", "b"}, R"({"a":1})");
    for (int i = 0; i < 25; ++i) {
      host.set_traffic("e", R"({"b":1})");
      CHECK(host.tally("/e", 8) == Tally{{R"("b")", 8}});
      host.set_traffic("e", R"({"a":1})");
      CHECK(host.tally("/e", 8) == Tally{{R"("a")", 8}});
    }
  }

  TEST_CASE("T53: an even split of twenty requests reaches both backends") {
    HostFixture host({"user_config_echo"});
    create_arms(host, {"a", "b"}, R"({"a":0.5,"b":0.5})");
    const Tally answers = host.tally("/e", 20);
    CHECK(share_of(answers, "a") > 0);
    CHECK(share_of(answers, "b") > 0);
    CHECK(share_of(answers, "a") + share_of(answers, "b") == 20);
  }

  TEST_CASE("T54: a split of 70/30 is within ten of exact over 10,000 requests") {
    HostFixture host({"user_config_echo"});
    create_arms(host, {"a", "b"}, R"({"a":0.7,"b":0.3})");
    constexpr int kRequests = 10'000;
    const Tally answers = host.tally("/e", kRequests);
    REQUIRE(share_of(answers, "a") + share_of(answers, "b") == kRequests);
    // Three sigma of independent draws would be 137. Here only the block that each of the two io
    // threads has begun is not exact; together their sigma is under 2.
    CHECK(std::abs(share_of(answers, "a") - 7'000) <= 10);
  }

  TEST_CASE("T54: a client that sends every k-th request sees 70/30 within three sigma") {
    HostFixture host({"user_config_echo"}, [](HostConfig& config) {
      // So that this is one sequence, and the same in every run: of nineteen looks at chance one
      // would be beyond three sigma now and then.
      config.data.io_threads = 1;
      config.seed = 20'240'607;
    });
    create_arms(host, {"a", "b"}, R"({"a":0.7,"b":0.3})");
    const std::vector<Answer> answers = ask_in_order(host, "/e", 10'000);
    for (std::size_t k = 2; k <= 20; ++k) {
      double first = 0;
      double total = 0;
      for (std::size_t i = k - 1; i < answers.size(); i += k) {
        REQUIRE(answers[i].status() == 200);
        first += answers[i].body() == R"("a")" ? 1 : 0;
        total += 1;
      }
      CAPTURE(k);
      CHECK(std::abs(first - 0.7 * total) <= 3 * std::sqrt(total * 0.7 * 0.3));
    }
  }

  TEST_CASE("T54: five equal backends pass a chi-square test over 10,000 requests") {
    HostFixture host({"user_config_echo"});
    create_arms(host, five_tags(), kFifths);
    constexpr int kRequests = 10'000;
    const Tally answers = host.tally("/e", kRequests);
    const double expected = kRequests / 5.0;
    double chi_square = 0;
    for (const std::string& tag : five_tags()) {
      chi_square += std::pow(share_of(answers, tag) - expected, 2) / expected;
    }
    // p > 0.001 with 4 degrees of freedom.
    CHECK(chi_square < 18.467);
  }

  TEST_CASE("T55: a backend of weight 0 gets none of 10,000 requests") {
    HostFixture host({"user_config_echo"});
    create_arms(host, {"a", "b"}, R"({"a":1,"b":0})");
    CHECK(host.tally("/e", 10'000) == Tally{{R"("a")", 10'000}});
  }

  TEST_CASE("T56: a canary comes and goes without a failed request") {
    HostFixture host({"user_config_echo"});
    create_arms(host, {"old", "new", "next"}, R"({"old":1})");
    BackgroundLoad load(host.data_port(), "/e");
    for (const char* const traffic :
         {R"({"old":0.99,"new":0.01})", R"({"old":0.98,"new":0.01,"next":0.01})", R"({"new":1})",
          R"({"old":1})"}) {
      host.set_traffic("e", traffic);
      REQUIRE(load.wait_answered(200));
    }
    const Tally answers = load.stop();
    int served = 0;
    for (const char* const tag : {"old", "new", "next"}) served += share_of(answers, tag);
    int all = 0;
    for (const auto& answer : answers) {
      CAPTURE(answer.first);
      CHECK(answer.first.front() == '"');
      all += answer.second;
    }
    CHECK(served == all);
    CHECK(served >= 800);
    CHECK(share_of(answers, "new") >= 200);
  }

  TEST_CASE("T57: a request without traffic or without a replica is answered at once") {
    HostFixture host({"user_config_echo"}, [](HostConfig& config) {
      // Tolerant: what cannot be built is committed and its share answered 503.
      config.tolerant = true;
      config.app_file = config.state_directory.parent_path() / "app.json";
      std::ofstream(*config.app_file) << R"({
        "backends": {"a": {"plugin": "user_config_echo", "handler": "user_config_echo",
                           "config": {"user_config": "a"}},
                     "gone": {"plugin": "gone", "handler": "gone"}},
        "endpoints": {"e": {"route": "/e", "traffic": {"gone": 1}},
                      "half": {"route": "/half", "traffic": {"a": 0.5, "gone": 0.5}},
                      "none": {"route": "/none"}}})";
    });
    CHECK(host.get("/none").refusal() == "503 no_traffic");
    const Answer refused = host.get("/e");
    CHECK(refused.refusal() == "503 no_replica");
    CHECK(refused.detail().find("'gone'") != std::string::npos);
    // Its share is not given to the others, which would shift an experiment.
    const Tally answers = host.tally("/half", 64);
    CHECK(share_of(answers, "a") > 0);
    CHECK(answers.count("503 no_replica") == 1);
    CHECK(answers.size() == 2);
    CHECK(host.admin("GET", "/readyz").status() == 503);
  }

  TEST_CASE("T58: an endpoint without traffic answers 503 and never hangs") {
    HostFixture host({"user_config_echo"});
    create_arms(host, {"a"}, "{}");
    CHECK(host.tally("/e", 100) == Tally{{"503 no_traffic", 100}});
    // A body that is still to come is not waited for.
    RawClient client(host.data_port());
    REQUIRE(host.admin("PUT", "/v1/endpoints/post",
                       R"({"route":"/post","methods":["POST"],"traffic":{}})")
                .status() == 201);
    const auto refused =
        client.ask("POST /post HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n");
    REQUIRE(refused.has_value());
    CHECK(refused->status == 503);
  }

  TEST_CASE("T63: a hundred shard keys sent twice map to the same backends") {
    HostFixture host({"user_config_echo"});
    create_arms(host, five_tags(), kFifths);
    const auto first = arms_of_keys(host, 100);
    CHECK(arms_of_keys(host, 100) == first);
    Tally arms;
    for (const auto& [key, arm] : first) ++arms[arm];
    for (const std::string& tag : five_tags()) CHECK(share_of(arms, tag) > 0);
  }

  TEST_CASE("T64: a shard key goes to one backend, over any connection") {
    HostFixture host({"user_config_echo"});
    create_arms(host, {"a", "b"}, R"({"a":0.5,"b":0.5})");
    Tally arms;
    for (int i = 0; i < 20; ++i) {
      const std::string key = "key-" + std::to_string(i);
      const std::string arm = arm_of(host, key);
      ++arms[arm];
      for (int again = 0; again < 5; ++again) CHECK(arm_of(host, key) == arm);
    }
    CHECK(arms.size() == 2);
  }

  TEST_CASE("T65: shard keys keep their backend over a restart, and move little for a new one") {
    HostFixture host({"user_config_echo"});
    create_arms(host, five_tags(), kFifths);
    constexpr int kKeys = 300;
    const auto before = arms_of_keys(host, kKeys);
    host.restart();
    CHECK(arms_of_keys(host, kKeys) == before);

    host.create_backend("b6", "user_config_echo", R"({"user_config":"b6"})");
    host.set_traffic("e", R"({"b1":0.16,"b2":0.16,"b3":0.16,"b4":0.16,"b5":0.16,"b6":0.2})");
    const auto after = arms_of_keys(host, kKeys);
    int moved = 0;
    for (const auto& [key, arm] : before) {
      if (after.at(key) == arm) continue;
      ++moved;
      CHECK(after.at(key) == R"("b6")");
    }
    // A fifth of the keys; the hash has no seed, so this is the same in every run.
    const double sigma = std::sqrt(kKeys * 0.2 * 0.8);
    CHECK(std::abs(moved - 0.2 * kKeys) <= 3 * sigma);
  }
}

}  // namespace backplane::host
