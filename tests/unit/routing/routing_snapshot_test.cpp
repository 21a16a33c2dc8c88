#include "host/routing/routing_snapshot.hpp"

#include <memory>
#include <utility>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

std::shared_ptr<const Endpoint> endpoint(std::string name, std::optional<std::string> route,
                                         std::vector<std::string> methods) {
  auto made = std::make_shared<Endpoint>();
  made->name = std::move(name);
  made->route = std::move(route);
  made->methods = std::move(methods);
  return made;
}

TEST_SUITE("routing") {
  TEST_CASE("RoutingSnapshot: T01: the list of routes is what was declared, and only that") {
    const RoutingSnapshot snapshot({endpoint("endpoint", "/api", {"GET", "POST"})});
    CHECK(snapshot.routes_json() == R"({"/api":["endpoint",["GET","POST"]]})");
  }

  TEST_CASE("RoutingSnapshot: T16: an endpoint without a route is there, but no path leads to it") {
    const RoutingSnapshot snapshot(
        {endpoint("inner", std::nullopt, {"GET"}), endpoint("outer", "/outer", {"GET"})});
    CHECK(snapshot.endpoints().size() == 2);
    CHECK(snapshot.routes().find("/outer") == 1);
    CHECK_FALSE(snapshot.routes().find("/inner"));
    CHECK(snapshot.routes_json() == R"({"/outer":["outer",["GET"]]})");
  }

  TEST_CASE("RoutingSnapshot: nothing declared is an empty object") {
    CHECK(RoutingSnapshot({}).routes_json() == "{}");
  }
}

}  // namespace
}  // namespace backplane::host
