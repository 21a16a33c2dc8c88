#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/echo_arms.hpp"
#include "tests/support/host_fixture.hpp"
#include "tests/support/plugin_gate.hpp"

namespace backplane::host {
namespace {

constexpr const char* kShadows = "/v1/endpoints/e/shadows";

// One io thread and one seed, so that every run draws the same.
void one_sequence(HostConfig& config) {
  config.data.io_threads = 1;
  config.seed = 20'240'607;
}

// A backend that notes ids, and an endpoint of its own that tells them.
void create_log(const HostFixture& host, const std::string& tag) {
  host.create_backend(tag, "log");
  host.create_endpoint(tag, "/" + tag, R"({")" + tag + R"(":1})");
}

// The ids that `tag` has noted. A copy is submitted in the turn of its original, so once that has
// been answered, copies stand in the queue before this question.
std::vector<int> noted(const HostFixture& host, const std::string& tag) {
  std::istringstream text(host.get("/" + tag).body());
  std::vector<int> ids;
  for (std::string id; std::getline(text, id, ',');) ids.push_back(std::stoi(id));
  return ids;
}

void set_shadows(const HostFixture& host, const std::string& shadows) {
  const Answer set = host.admin("PUT", kShadows, shadows);
  REQUIRE_MESSAGE(set.status() == 200, set.body());
}

}  // namespace

TEST_SUITE("shadows") {
  TEST_CASE("T66: shadows get their share of copies, and only the primary answers") {
    HostFixture host({"log"}, one_sequence);
    for (const char* const tag : {"b1", "b2", "b3", "b4"}) create_log(host, tag);
    host.create_endpoint("e", "/e", R"({"b1":1})");
    set_shadows(host, R"({"b2":1.0,"b3":0.5,"b4":0.1})");
    for (const Answer& answer : ask_in_order(host, "/e", 100)) {
      CHECK(answer.status() == 200);
      CHECK(answer.header("Backplane-Backend") == "b1@1");
    }
    const std::size_t b3 = noted(host, "b3").size();
    const std::size_t b4 = noted(host, "b4").size();
    CHECK(noted(host, "b1").size() == 100);
    CHECK(noted(host, "b2").size() == 100);
    CHECK(b3 < 100);
    CHECK(b4 < b3);
    CHECK(b4 > 0);
    CHECK(host.admin("GET", "/v1/endpoints/e").at("/stats/requests") == "100");
  }

  TEST_CASE("T67: a share that is none, or of nobody, is refused; 0 removes") {
    HostFixture host({"log"});
    create_log(host, "a");
    create_log(host, "b");
    host.create_endpoint("e", "/e", R"({"a":1})");
    for (const char* const shadows :
         {R"({"b":-0.1})", R"({"b":1.1})", R"({"b":"x"})", R"({"b":null})", "1", R"(["b"])"}) {
      CAPTURE(shadows);
      CHECK(host.refused("PUT", kShadows, shadows) == "422 invalid_shadows");
    }
    CHECK(host.refused("PUT", "/v1/endpoints/other/shadows", R"({"b":1})") ==
          "404 unknown_endpoint");
    CHECK(host.refused("PUT", kShadows, R"({"b":1,"nobody":0.5})") == "422 unknown_backend");
    CHECK(host.admin("PUT", kShadows, R"({"nobody":0.5})").text_at("/pointer") == "/nobody");

    set_shadows(host, R"({"b":1})");
    ask_in_order(host, "/e", 1);
    CHECK(noted(host, "b").size() == 1);
    set_shadows(host, R"({"b":0})");
    CHECK(host.admin("GET", "/v1/endpoints/e").at("/shadows") == "{}");
    ask_in_order(host, "/e", 10);
    CHECK(noted(host, "b").size() == 1);
    // It is in use no more.
    REQUIRE(host.admin("DELETE", "/v1/endpoints/b").status() == 200);
    CHECK(host.admin("DELETE", "/v1/backends/b").status() == 200);
  }

  TEST_CASE("T68: a shadow's share is the same within each primary") {
    HostFixture host({"user_config_echo", "log"}, one_sequence);
    create_arms(host, {"a", "b"}, R"({"a":0.5,"b":0.5})");
    create_log(host, "s");
    set_shadows(host, R"({"s":0.5})");
    const std::vector<Answer> answers = ask_in_order(host, "/e", 2000);
    Tally primaries;
    for (const Answer& answer : answers) ++primaries[answer.body()];
    REQUIRE(share_of(primaries, "a") + share_of(primaries, "b") == 2000);
    Tally copied;
    for (const int id : noted(host, "s")) ++copied[answers[static_cast<std::size_t>(id)].body()];
    for (const std::string tag : {"a", "b"}) {
      CAPTURE(tag);
      // Four sigma of half a thousand.
      CHECK(share_of(copied, tag) > 436);
      CHECK(share_of(copied, tag) < 564);
    }
  }

  TEST_CASE("T69: a change of traffic keeps shadows and policy") {
    HostFixture host({"log"});
    for (const char* const tag : {"a", "b", "c"}) create_log(host, tag);
    REQUIRE(host.admin("PUT", "/v1/endpoints/e",
                       R"({"route":"/e","traffic":{"a":1},"policy":"fixed_packing",)"
                       R"("packing_num":2,"shadows":{"c":1}})")
                .status() == 201);
    host.set_traffic("e", R"({"a":0.5,"b":0.5})");
    const Answer endpoint = host.admin("GET", "/v1/endpoints/e");
    CHECK(endpoint.at("/shadows") == R"({"c":1.0})");
    CHECK(endpoint.text_at("/policy") == "fixed_packing");
    CHECK(endpoint.at("/packing_num") == "2");
    ask_in_order(host, "/e", 4);
    CHECK(noted(host, "a") == std::vector<int>{0, 1});
    CHECK(noted(host, "b") == std::vector<int>{2, 3});
    CHECK(noted(host, "c") == std::vector<int>{0, 1, 2, 3});
  }

  TEST_CASE("T70: a shadow that hangs or throws neither delays nor fails the primary") {
    HostFixture host({"log", "gate", "thr"});
    create_log(host, "a");
    PluginGate gate(host.directory());
    host.create_backend("hangs", "gate", "{}", gate.init_json());
    host.create_backend("throws", "thr");
    host.create_endpoint("throws", "/throws", R"({"throws":1})");
    host.create_endpoint("e", "/e", R"({"a":1})");
    set_shadows(host, R"({"hangs":1,"throws":1})");
    // Answered while one copy is held inside its handler and the others stand behind it.
    for (const Answer& answer : ask_in_order(host, "/e", 50)) {
      CHECK(answer.status() == 200);
      CHECK(answer.header("Backplane-Backend") == "a@1");
    }
    REQUIRE(gate.wait_entered());
    CHECK(host.wait_queued("hangs", 49));
    CHECK(noted(host, "a").size() == 50);
    CHECK(host.get("/throws").status() == 500);
    CHECK(host.admin("GET", "/v1/backends/throws").at("/stats/failures") == "51");
    const Answer endpoint = host.admin("GET", "/v1/endpoints/e");
    CHECK(endpoint.at("/stats/requests") == "50");
    CHECK(endpoint.at("/stats/outcomes/ok") == "50");
    gate.open(50);
  }
}

}  // namespace backplane::host
