#include <string>

#include <doctest/doctest.h>

#include "tests/support/host_fixture.hpp"
#include "tests/support/metrics_text.hpp"

namespace backplane::host {

TEST_SUITE("t") {
  TEST_CASE("T99: a replica whose handler is not well any more is replaced by another instance") {
    HostFixture host({"ailing"});
    host.create_backend("a", "ailing", R"({"num_replicas":1})");
    host.create_endpoint("a", "/a", R"({"a":1})");
    CHECK(host.get("/a").body() == "1");
    for (int instance = 2; instance <= 4; ++instance) {
      CHECK(host.get("/a?do=break").status() == 500);
      // As soon as the pace of restarts allows it, and not sooner.
      const TimePoint deadline = Clock::now() + kPatience;
      Answer answer = host.get("/a");
      while (answer.status() == 500 && Clock::now() < deadline) answer = host.get("/a");
      CHECK(answer.body() == std::to_string(instance));
    }
    CHECK(host.admin("GET", "/v1/backends/a").at("/stats/replicas") == "1");
    const MetricsText page(host.admin("GET", "/metrics").body());
    CHECK(page.sum("backplane_replica_restarts_total", {{"backend", "a"}}) == 3);
    CHECK(page.sum("backplane_handler_errors_total", {{"code", "handler_error"}}) >= 3);
  }
}

}  // namespace backplane::host
