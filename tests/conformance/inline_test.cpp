#include <string>

#include <doctest/doctest.h>

#include "tests/support/background_load.hpp"
#include "tests/support/host_fixture.hpp"

// "execution": "inline": the handler runs on the I/O thread that read the request.

namespace backplane::host {
namespace {

constexpr const char* kInline = R"({"execution":"inline"})";

SCENARIO("inline execution answers as a replica's thread does") {
  GIVEN("a handler that never blocks, inline, with two I/O threads") {
    HostFixture host({"hello"}, [](HostConfig& config) { config.data.io_threads = 2; });
    host.create_backend("quick", "hello", kInline);
    host.create_endpoint("quick", "/quick", R"({"quick":1})");
    WHEN("many connections ask") {
      const auto answers = host.tally("/quick?name=ray", 200);
      THEN("each gets its answer, named and counted like any other") {
        CHECK(answers.at("hello ray") == 200);
        CHECK(host.get("/quick").header("Backplane-Backend") == "quick@1");
        const Answer backend = host.admin("GET", "/v1/backends/quick");
        CHECK(backend.text_at("/config/execution") == "inline");
        CHECK(host.admin("GET", "/metrics")
                  .body()
                  .find(R"(backplane_handler_seconds_count{backend="quick",generation="1"} 201)") !=
              std::string::npos);
      }
    }
  }
}

SCENARIO("a handler that does not declare that it never blocks is refused inline") {
  GIVEN("a plugin whose handler declares nothing") {
    HostFixture host({"hello2"});
    WHEN("a backend asks to run it inline") {
      const std::string refused =
          host.refused("PUT", "/v1/backends/b",
                       R"({"plugin":"hello2","handler":"hello2","config":{"execution":"inline"}})");
      THEN("it is told why, and nothing changed") {
        CHECK(refused == "422 inline_not_supported");
      }
    }
  }
}

SCENARIO("backends that run inline come and go under load without a failed request") {
  GIVEN("two I/O threads under load, served by a replica") {
    HostFixture host({"hello"}, [](HostConfig& config) { config.data.io_threads = 2; });
    host.create_backend("steady", "hello");
    host.create_endpoint("e", "/e", R"({"steady":1})");
    BackgroundLoad load(host.data_port(), "/e");
    WHEN("a backend is made inline, takes the traffic, loses it and is deleted, again and again") {
      for (int round = 0; round < 5; ++round) {
        host.create_backend("quick", "hello", kInline);
        host.set_traffic("e", R"({"quick":1})");
        REQUIRE(load.wait_answered(20));
        host.set_traffic("e", R"({"steady":1})");
        REQUIRE(host.admin("DELETE", "/v1/backends/quick").status() == 200);
        REQUIRE(load.wait_answered(20));
      }
      THEN("every request was answered") {
        const auto answers = load.stop();
        CHECK(answers.size() == 1);
        CHECK(answers.begin()->first == "hello serve!");
      }
    }
  }
}

}  // namespace
}  // namespace backplane::host
