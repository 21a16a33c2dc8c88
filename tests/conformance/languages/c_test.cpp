#include <string>

#include <doctest/doctest.h>

#include "tests/conformance/languages/example_host.hpp"

namespace backplane::host {

TEST_SUITE("languages") {
  TEST_CASE("languages: a plugin in C answers from the host's memory and keeps its own state") {
    ExampleHost host("upper");
    const Answer first = host.get("/e?ray-1");
    CHECK(first.body() == "RAY-1");
    CHECK(first.header("Content-Type") == "text/plain; charset=utf-8");
    CHECK(first.header("X-Answered") == "1");
    const std::string text(100'000, 'x');
    const Answer second = host.data("POST", "/e", {}, text);
    CHECK(second.body() == std::string(text.size(), 'X'));
    CHECK(second.header("X-Answered") == "2");
  }

  TEST_CASE("languages: a plugin in C refuses a request and a configuration with its own words") {
    ExampleHost host("upper");
    const Answer refused = host.get("/e");
    CHECK(refused.status() == 400);
    CHECK(refused.detail() == "there is neither a body nor a query");
    CHECK(host.get("/e?x").header("X-Answered") == "1");
    const Answer backend = host.admin("PUT", "/v1/backends/f",
                                      R"({"plugin":"upper","handler":"upper","init":{"a":1}})");
    CHECK(backend.status() >= 400);
    CHECK(backend.detail().find("handler 'upper' takes no init") != std::string::npos);
  }

  TEST_CASE("languages: a plugin in C is reloaded under load, and nothing of it stays") {
    ExampleHost host("upper");
    host.survive_reloads(50, "/e?ray", "RAY");
  }
}

}  // namespace backplane::host
