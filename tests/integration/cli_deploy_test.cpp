#include <string>

#include <doctest/doctest.h>

#include "tests/integration/served_host.hpp"

namespace backplane::host {

SCENARIO("somebody scales a backend, and looks before") {
  GIVEN("a host that serves") {
    const ServedHost host;
    WHEN("a backend gets more replicas") {
      CHECK(host.output_of({"scale", "green", "3", "--dry-run"}) ==
            "~ backend green\n    ~ config.num_replicas: 2 -> 3\n"
            "0 to add, 1 to change, 0 to remove\n");
      const std::string said = host.output_of({"scale", "green", "3"});
      THEN("it has them") {
        CHECK(said == "backend 'green': 3 replicas (revision 2)\n");
        CHECK(host.output_of({"status"}).find("\ngreen      ready         3       0\n") !=
              std::string::npos);
        CHECK(host.output_of({"operations"}).find("patch_backend green  succeeded") !=
              std::string::npos);
      }
    }
    WHEN("it is to have none") {
      const ProcessEnd end = host.run({"scale", "green", "0"});
      THEN("the host says what it may have") {
        CHECK(end.code == 1);
        CHECK(end.errors.find("at /config/num_replicas") != std::string::npos);
      }
    }
    WHEN("an endpoint is deleted on trial") {
      CHECK(host.output_of({"delete", "endpoint", "split", "--dry-run"}) ==
            "- endpoint split: GET /split, traffic blue=1.0\n0 to add, 0 to change, 1 to remove\n");
      THEN("it still answers") {
        CHECK(host.output_of({"call", "split"}) == "hello serve!");
      }
    }
  }
}

}  // namespace backplane::host
