#include <cstdlib>
#include <string>

#include <doctest/doctest.h>

#include "host/json/json_reader.hpp"
#include "tests/integration/served_host.hpp"

namespace backplane::host {

SCENARIO("somebody looks at a host from the command line") {
  GIVEN("a host that serves") {
    const ServedHost host;
    WHEN("its status is asked for") {
      const std::string text = host.output_of({"status"});
      THEN("it says how the host and each of its backends are") {
        CHECK(text.find("answers at  http://" + host.data() + "\n") != std::string::npos);
        CHECK(text.find("ready       yes\n") != std::string::npos);
        CHECK(text.find("\ngreen      ready         2       0\n") != std::string::npos);
      }
    }
    WHEN("endpoints are asked for") {
      const std::string text = host.output_of({"endpoints"});
      THEN("each is a line with its route and its traffic") {
        CHECK(text.starts_with("ENDPOINT   METHODS  ROUTE       POLICY  TRAFFIC"));
        CHECK(text.find("\nmany       GET      /many/*     random  green=1.0") !=
              std::string::npos);
      }
      THEN("one of them is shown with its backends") {
        const std::string one = host.output_of({"endpoints", "split"});
        CHECK(one.find("answers     GET /split\n") != std::string::npos);
        CHECK(one.find("\nblue        1.0         0       0    -    -\n") != std::string::npos);
      }
    }
    WHEN("backends and plugins are asked for") {
      THEN("each is a line, or all there is to say of one") {
        CHECK(host.output_of({"backends"}).find("\nblue       hello/hello") != std::string::npos);
        CHECK(host.output_of({"backends", "green"}).find("config.num_replicas           2\n") !=
              std::string::npos);
        CHECK(host.output_of({"plugins"}).find("loadable") != std::string::npos);
        CHECK(host.output_of({"plugins", "hello"}).find("sha-256     ") != std::string::npos);
      }
    }
    WHEN("a program asks") {
      THEN("it gets the host's JSON, whole") {
        for (const char* command : {"status", "endpoints", "backends", "plugins"}) {
          CAPTURE(command);
          const auto document = parse_json(host.output_of({command, "--json"}));
          CHECK((document.ok() && document.value().root().is_object()));
        }
      }
    }
    WHEN("the environment says where the host is") {
      ::setenv("BACKPLANE_ADMIN", host.admin().c_str(), 1);
      const ProcessEnd end = HostProcess::run({"status"});
      ::unsetenv("BACKPLANE_ADMIN");
      THEN("no option is needed") {
        CHECK(end.code == 0);
        CHECK(end.output.find(host.data()) != std::string::npos);
      }
    }
  }
}

}  // namespace backplane::host
