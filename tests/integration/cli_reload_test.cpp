#include <csignal>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/integration/served_host.hpp"
#include "tests/support/built_plugin.hpp"

namespace backplane::host {
namespace {

constexpr const char* kApp = R"({"backends":{
  "v":{"plugin":"version","handler":"version","config":{"num_replicas":2}}},
  "endpoints":{"v":{"route":"/v","traffic":{"v":1}}}})";

// A host that serves version 1 of a plugin, in whose place others can be dropped.
ServedHost version_host() {
  return ServedHost(kApp, {{"version", "version1"}});
}

void drop(const ServedHost& host, const std::string& plugin) {
  const std::filesystem::path place = host.directory().plugins() / "version.so";
  const std::filesystem::path incoming = host.directory().path() / "incoming.so";
  std::filesystem::copy_file(built_plugin(plugin), incoming);
  std::filesystem::rename(incoming, place);
}

}  // namespace

SCENARIO("somebody puts a new build of a plugin in place") {
  GIVEN("a host that serves a plugin, and a new build of it in the directory") {
    const ServedHost host = version_host();
    CHECK(host.output_of({"call", "v"}) == "v1");
    drop(host, "version2");
    WHEN("it is reloaded") {
      const std::string said = host.output_of({"reload", "version"});
      THEN("the new code answers, and it says what each stage took") {
        CHECK(said.starts_with("plugin 'version' is reloaded: generation 2, sha-256 "));
        CHECK(said.find(" (revision 2)\ntook ") != std::string::npos);
        for (const char* stage : {"staging ", ", loading ", ", building ", ", committing "}) {
          CHECK(said.find(stage) != std::string::npos);
        }
        CHECK(host.output_of({"call", "v"}) == "v2");
        CHECK(host.output_of({"history", "2"}).find("~ plugin version: sha-256 ") !=
              std::string::npos);
      }
      THEN("a second time there is nothing to do, unless it must") {
        CHECK(host.output_of({"reload", "version"}) ==
              "plugin 'version' runs this file already; --force loads it anew (revision 2)\n");
        CHECK(host.output_of({"reload", "version", "--force"})
                  .starts_with("plugin 'version' is reloaded: generation "));
      }
      THEN("it can be rolled back, and forth again") {
        CHECK(host.output_of({"rollback", "version"})
                  .starts_with("plugin 'version' is rolled back: generation 3"));
        CHECK(host.output_of({"call", "v"}) == "v1");
        host.output_of({"rollback", "version"});
        CHECK(host.output_of({"call", "v"}) == "v2");
      }
    }
    WHEN("it is not the file that was meant") {
      const ProcessEnd end = host.run({"reload", "version", "--sha256", std::string(64, 'a')});
      THEN("it is refused, and the former code serves") {
        CHECK(end.code != 0);
        CHECK(end.errors.find("(sha256_mismatch, while staging)") != std::string::npos);
        CHECK(host.output_of({"call", "v"}) == "v1");
      }
    }
    WHEN("no replica can be made of it") {
      drop(host, "version_create_fails");
      const ProcessEnd end = host.run({"reload", "version"});
      THEN("it says what failed and where, then and later, and the former code serves") {
        CHECK(end.code == 1);
        CHECK(end.errors.find("v4 cannot be made (backend_init_failed, while ") !=
              std::string::npos);
        CHECK(host.output_of({"plugins", "version"}).find("\nlast reload failed while ") !=
              std::string::npos);
        CHECK(host.output_of({"call", "v"}) == "v1");
      }
    }
    WHEN("there is no version before") {
      const ProcessEnd end = host.run({"rollback", "version"});
      THEN("that is said") {
        CHECK(end.code == 75);
        CHECK(end.errors.find("(nothing_to_roll_back") != std::string::npos);
      }
    }
  }
}

SCENARIO("somebody tries a new build on a share of the requests") {
  GIVEN("a host that serves a plugin, and a new build of it in the directory") {
    const ServedHost host = version_host();
    drop(host, "version2");
    WHEN("it does well") {
      HostProcess reload({"reload", "version", "--strategy", "canary", "--weight", "1",
                          "--min-requests", "5", "--duration-ms", "0", "--admin", host.admin()});
      const TimePoint deadline = Clock::now() + kPatience;
      while (reload.running() && Clock::now() < deadline) host.output_of({"call", "v"});
      const auto end = reload.wait_end();
      THEN("it takes over") {
        REQUIRE(end.has_value());
        CHECK(end->code == 0);
        CHECK(end->output.find(", canary ") != std::string::npos);
        CHECK(host.output_of({"call", "v"}) == "v2");
      }
    }
    WHEN("it is on trial for longer than somebody waits, and is ended then") {
      const ProcessEnd left = host.run({"reload", "version", "--strategy", "canary",
                                        "--duration-ms", "600000", "--timeout", "1"});
      const std::string running = "operation ";
      REQUIRE(left.errors.find(running) != std::string::npos);
      const std::string id = left.errors.substr(left.errors.find(running) + running.size(), 1);
      CHECK(left.code == 75);
      THEN("the former code serves") {
        CHECK(host.output_of({"operations", id, "--abort"}).find("state       aborted\n") !=
              std::string::npos);
        CHECK(host.output_of({"call", "v"}) == "v1");
        CHECK(host.run({"reload", "version", "--weight", "0.5"}).errors.find(", at /weight") !=
              std::string::npos);
      }
    }
  }
}

}  // namespace backplane::host
