#include <future>
#include <string>
#include <string_view>
#include <utility>

#include <doctest/doctest.h>

#include "tests/support/host_fixture.hpp"
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

}  // namespace

TEST_SUITE("control") {
  TEST_CASE("undo: brings the former revision back, and again the one before") {
    HostFixture host({"hello", "hello2"});
    REQUIRE(host.admin("PUT", "/v1/app", kApp).status() == 200);
    const std::string first = host.admin("GET", "/v1/app").body();
    host.set_traffic("e", R"({"b":1})");
    const std::string second = host.admin("GET", "/v1/app").body();
    host.set_traffic("e", R"({"a":0.5,"b":0.5})");
    const Answer undone = host.admin("POST", "/v1/undo", "{}");
    REQUIRE(undone.status() == 200);
    CHECK(undone.at("/restores") == "2");
    CHECK(undone.at("/revision") == "4");
    CHECK(host.admin("GET", "/v1/app").body() == second);
    CHECK(host.get("/e").body() == "hello2");
    CHECK(host.admin("POST", "/v1/undo", "{}").at("/restores") == "1");
    CHECK(host.admin("GET", "/v1/app").body() == first);
    CHECK(host.admin("POST", "/v1/undo", R"({"to":3})").at("/restores") == "3");
    CHECK(host.admin("GET", "/v1/app").at("/endpoints/e/traffic") == R"({"a":0.5,"b":0.5})");
    CHECK(host.admin("GET", "/v1/history").at("/revisions/0/restores") == "3");
    CHECK(host.refused("POST", "/v1/undo", R"({"to":99})") == "422 unknown_revision");
    CHECK(host.refused("POST", "/v1/undo", R"({"until":1})") == "422 unknown_field");
  }

  TEST_CASE("undo: of it and another change made of the same revision, one is done") {
    HostFixture host({"hello", "hello2"});
    REQUIRE(host.admin("PUT", "/v1/app", kApp).status() == 200);
    const auto ask = [&host](std::string_view method, std::string_view path,
                             const std::string& body, const std::string& tag) {
      RawClient client(host.admin_port());
      auto response = client.ask(request_text(
          method, path, {{"If-Match", tag}, {"Content-Type", "application/json"}}, body));
      return response ? Answer(std::move(*response)) : Answer();
    };
    for (int i = 0; i < 20; ++i) {
      const std::string tag = '"' + host.admin("GET", "/v1/status").at("/revision") + '"';
      const std::string traffic = i % 2 == 0 ? R"({"a":0.5,"b":0.5})" : R"({"a":1})";
      auto other = std::async(std::launch::async, [&] {
        return ask("PUT", "/v1/endpoints/e/traffic", traffic, tag).status();
      });
      const Answer undo = ask("POST", "/v1/undo", R"({"to":1})", tag);
      const int changed = other.get();
      CAPTURE(changed);
      CAPTURE(undo.body());
      // An undo to what is there already makes no revision, and so stands in nobody's way.
      const bool undone = undo.status() == 200 && undo.at("/changed") == "true";
      CHECK((undone ? 1 : 0) + (changed == 200 ? 1 : 0) <= 1);
      CHECK((undo.status() == 200 || undo.status() == 412));
    }
  }

  TEST_CASE("undo: builds again what the former revision had") {
    HostFixture host({"hello", "hello2"});
    REQUIRE(host.admin("PUT", "/v1/app", kApp).status() == 200);
    REQUIRE(host.admin("PUT", "/v1/app", kOtherApp).status() == 200);
    REQUIRE(host.admin("POST", "/v1/undo", "{}").status() == 200);
    CHECK(host.get("/e").body() == "hello serve!");
    CHECK(host.admin("GET", "/v1/backends/b").at("/config/num_replicas") == "1");
  }

  TEST_CASE("undo: there is nothing to undo in the beginning") {
    HostFixture host({"hello"});
    CHECK(host.refused("POST", "/v1/undo", "{}") == "409 nothing_to_undo");
    host.create_backend("a", "hello");
    CHECK(host.refused("POST", "/v1/undo", "{}") == "409 nothing_to_undo");
  }
}

}  // namespace backplane::host
