#include <csignal>
#include <string>

#include <doctest/doctest.h>

#include "tests/integration/served_host.hpp"

namespace backplane::host {
namespace {

constexpr const char* kSplit = BACKPLANE_SOURCE_DIR "/config/apps/ab_split.json";

// What has to change in a ServedHost for it.
constexpr const char* kDifference =
    "~ backend green\n"
    "    ~ config.num_replicas: 2 -> 1\n"
    "- backend textstats: textstats/textstats, 1 replica\n"
    "- endpoint many: GET /many/*, traffic green=1.0\n"
    "~ endpoint split\n"
    "    ~ traffic.blue: 1.0 -> 0.7\n"
    "    + traffic.green: 0.3\n"
    "- endpoint textstats: POST /textstats, traffic textstats=1.0\n"
    "0 to add, 2 to change, 3 to remove\n";

std::string revision_of(const ServedHost& host) {
  const std::string status = host.output_of({"status"});
  const std::size_t at = status.find("revision    ") + 12;
  return status.substr(at, status.find('\n', at) - at);
}

}  // namespace

SCENARIO("somebody makes a host serve what a document says") {
  GIVEN("a host that serves, and the document of the examples that splits in two") {
    const ServedHost host;
    const std::string file = kSplit;
    WHEN("it is applied without changing anything") {
      const std::string said = host.output_of({"apply", file, "--dry-run"});
      THEN("the difference is what a person would expect, and the host stays as it is") {
        CHECK(said == kDifference);
        CHECK(revision_of(host) == "1");
      }
    }
    WHEN("it is applied") {
      const std::string said = host.output_of({"apply", file});
      THEN("the difference is shown and made, as one revision") {
        CHECK(said == std::string(kDifference) + "applied: revision 2\n");
        CHECK(revision_of(host) == "2");
      }
      THEN("a second time there is nothing to change") {
        CHECK(host.output_of({"apply", file}) == "nothing to change at revision 2\n");
        CHECK(host.output_of({"apply", file, "--json"}).find(R"("changed":false)") !=
              std::string::npos);
        CHECK(revision_of(host) == "2");
      }
      THEN("it can be undone, and that too") {
        const std::string undone = host.output_of({"undo"});
        CHECK(undone.ends_with("undone: revision 3 is revision 1 again\n"));
        CHECK(undone.find("+ endpoint many: GET /many/*, traffic green=1.0\n") !=
              std::string::npos);
        CHECK(host.output_of({"call", "many", "--path", "/many/x"}) == "hello serve!");
        CHECK(host.output_of({"undo", "--to", "2"}).find("undone: revision 4 is revision 2") !=
              std::string::npos);
        CHECK(host.output_of({"apply", file}) == "nothing to change at revision 4\n");
      }
      THEN("the history tells of it") {
        const std::string history = host.output_of({"history"});
        CAPTURE(history);
        CHECK(history.find(" put_app            6  ~ backend green config.num_replicas: …\n") !=
              std::string::npos);
        CHECK(host.output_of({"history", "2"}).find("    ~ traffic.blue: 1.0 -> 0.7\n") !=
              std::string::npos);
        CHECK(host.output_of({"history", "--limit", "1"}).find("first") == std::string::npos);
      }
    }
    WHEN("it asks for a plugin that is not there") {
      host.directory().write("gone.json", R"({"backends":{"x":{"plugin":"gone","handler":"h"}}})");
      const ProcessEnd end = host.run({"apply", (host.directory().path() / "gone.json").string()});
      THEN("the host says so, and nothing has changed") {
        CHECK(end.code == 1);
        CHECK(end.output.find("applied") == std::string::npos);
        CHECK(end.errors.find("gone") != std::string::npos);
        CHECK(revision_of(host) == "1");
      }
    }
  }
}

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

SCENARIO("somebody watches what happens in a host") {
  GIVEN("a host, and somebody who wants to see three lines of what happens in it") {
    const ServedHost host;
    HostProcess watching({"events", "--count", "3", "--admin", host.admin()});
    // The reader is there when the host has given it its first line; rates of an idle host are
    // none.
    const TimePoint deadline = Clock::now() + kPatience;
    WHEN("traffic is changed until all lines are there") {
      while (watching.running() && Clock::now() < deadline) {
        host.output_of({"traffic", "split", "green=1"});
        host.output_of({"traffic", "split", "blue=1"});
      }
      const auto end = watching.wait_end();
      THEN("each is told at its time, and then it ends") {
        REQUIRE(end.has_value());
        CHECK(end->code == 0);
        CHECK(end->output.find(" revision ") != std::string::npos);
        CHECK(end->output.find(" set_traffic split: ") != std::string::npos);
      }
    }
  }
}

SCENARIO("somebody watches a host that ends") {
  GIVEN("a host and a program that reads its events") {
    ServedHost host;
    HostProcess watching({"events", "--json", "--admin", host.admin()});
    REQUIRE(watching.wait_output(R"({"event":"rates")"));
    WHEN("the host is stopped") {
      host.process().signal(SIGTERM);
      const auto end = watching.wait_end();
      THEN("the reader ends and says why") {
        REQUIRE(end.has_value());
        CHECK(end->code == 75);
        CHECK(end->errors.find("(stream_ended)") != std::string::npos);
      }
    }
  }
}

}  // namespace backplane::host
