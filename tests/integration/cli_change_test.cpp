#include <string>

#include <doctest/doctest.h>

#include "tests/integration/served_host.hpp"

namespace backplane::host {

SCENARIO("somebody changes what a host serves from the command line") {
  GIVEN("a host that serves") {
    const ServedHost host;
    WHEN("traffic is split anew") {
      const std::string said = host.output_of({"traffic", "split", "blue=0.25", "green=0.75"});
      THEN("it says so, and it is so") {
        CHECK(said == "endpoint 'split': traffic blue=0.25 green=0.75 (revision 2)\n");
        CHECK(host.output_of({"endpoints", "split"}).find("\ngreen      0.75 ") !=
              std::string::npos);
      }
    }
    WHEN("its policy and its shadows are set") {
      THEN("each is said, and the other stays") {
        CHECK(host.output_of({"policy", "split", "fixed_packing", "--packing-num", "3"}) ==
              "endpoint 'split': policy fixed_packing 3 (revision 2)\n");
        CHECK(host.output_of({"shadows", "split", "green=0.1"}) ==
              "endpoint 'split': shadows green=0.1 (revision 3)\n");
        const std::string one = host.output_of({"endpoints", "split"});
        CHECK(one.find("policy      fixed_packing 3\nshadows     green=0.1\n") !=
              std::string::npos);
        CHECK(host.output_of({"shadows", "split", "green=0"}) ==
              "endpoint 'split': no shadows (revision 4)\n");
        const ProcessEnd end = host.run({"policy", "split", "sticky"});
        CHECK(end.code == 1);
        CHECK(end.errors.find(", at /policy)") != std::string::npos);
      }
    }
    WHEN("the weights are not good") {
      const ProcessEnd end = host.run({"traffic", "split", "blue=0.5", "gren=0.4"});
      THEN("the host's reason is shown with its code and place, and nothing changes") {
        CHECK(end.code == 1);
        CHECK(end.output.empty());
        CHECK(end.errors.starts_with("backplane: "));
        CHECK(end.errors.find("(invalid_weights") != std::string::npos);
        CHECK(host.output_of({"status"}).find("revision    1\n") != std::string::npos);
      }
    }
    WHEN("a backend that an endpoint uses is to be deleted") {
      const ProcessEnd end = host.run({"delete", "backend", "blue", "--json"});
      THEN("that stands against it, for programs as the host's own document") {
        CHECK(end.code == 75);
        CHECK(end.errors.find("(backend_in_use") != std::string::npos);
        CHECK(end.output.find(R"("code":"backend_in_use")") != std::string::npos);
      }
    }
    WHEN("an endpoint and then its backend are deleted") {
      THEN("both are gone") {
        CHECK(host.output_of({"delete", "endpoint", "split"}) ==
              "endpoint 'split' is deleted (revision 2)\n");
        CHECK(host.output_of({"delete", "backend", "blue"}) ==
              "backend 'blue' is deleted (revision 3)\n");
        CHECK(host.output_of({"backends"}).find("blue") == std::string::npos);
      }
    }
    WHEN("the state has moved on since it was looked at") {
      const ProcessEnd end = host.run({"traffic", "split", "green=1", "--if-revision", "7"});
      THEN("nothing is changed") {
        CHECK(end.code == 75);
        CHECK(end.errors.find("(stale_revision)") != std::string::npos);
        CHECK(host.output_of({"endpoints", "split"}).find("green") == std::string::npos);
      }
    }
  }
}

}  // namespace backplane::host
