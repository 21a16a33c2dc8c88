#include <cstdlib>
#include <string>

#include <doctest/doctest.h>

#include "tests/conformance/languages/example_host.hpp"

namespace backplane::host {

TEST_SUITE("languages") {
  TEST_CASE("languages: a plugin in Rust answers and keeps its own state") {
    ExampleHost host("mean");
    const Answer first = host.get("/e?1,2,6");
    CHECK(first.body() == "3");
    CHECK(first.header("X-Answered") == "1");
    CHECK(host.data("POST", "/e", {}, "10 20\n33").body() == "21");
    CHECK(host.get("/e?5").header("X-Answered") == "3");
  }

  TEST_CASE("languages: a panic in Rust costs its request a 500, and the replica lives on") {
    ExampleHost host("mean");
    CHECK(host.get("/e?1").header("X-Answered") == "1");
    // Of no integers there is no mean.
    for (int i = 0; i < 20; ++i) CHECK(host.get("/e").status() == 500);
    const Answer after = host.get("/e?4,6");
    CHECK(after.body() == "5");
    CHECK(after.header("X-Answered") == "2");
  }

  TEST_CASE(
      "languages: a plugin in Rust refuses a request and a configuration with its own words") {
    ExampleHost host("mean");
    const Answer refused = host.get("/e?1,two");
    CHECK(refused.status() == 400);
    CHECK(refused.detail() == "'two' is no integer");
    const Answer backend =
        host.admin("PUT", "/v1/backends/f", R"({"plugin":"mean","handler":"mean","init":{"a":1}})");
    CHECK(backend.status() >= 400);
    CHECK(backend.detail().find("handler 'mean' takes no init") != std::string::npos);
  }

  TEST_CASE("languages: a plugin in Rust is reloaded under load, and nothing of it stays") {
    // What a panic touches of Rust's library must not hold the file either, and with this it would.
    REQUIRE(::setenv("RUST_BACKTRACE", "1", 1) == 0);
    ExampleHost host("mean");
    CHECK(host.get("/e").status() == 500);
    host.survive_reloads(50, "/e?1,2,6", "3");
  }
}

}  // namespace backplane::host
