#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/background_load.hpp"
#include "tests/support/reload_contract.hpp"
#include "tests/support/spoiled_host.hpp"

// Rows 57 and 58 of faults: a good file where it may not lie, and names of what lies elsewhere.
// Nothing changes, and the version that serves under load goes on.
namespace backplane::host {
namespace {

using Path = std::filesystem::path;

// A host that serves version 1 under load, over which version 2 was dropped.
struct TemptedHost {
  TemptedHost() : contract(host), load(host.data_port(), "/v") { host.drop("version2"); }

  // That the reload is refused with these words, and what serves meanwhile.
  void check_refused(const std::string& words) {
    const Answer answer = host.reload();
    CHECK(answer.refusal() == "403 plugin_permissions");
    CHECK(answer.text_at("/stage") == "staging");
    CHECK(answer.at("/serving_generation") == "1");
    CHECK_MESSAGE(answer.detail().find(words) != std::string::npos, answer.detail());
    CHECK(answer.detail().find(host.directory().string()) == std::string::npos);
    contract.check(answer);
    CHECK(load.wait_answered(4));
  }
  // That everything was as before until now, and that the file is good.
  void check_taken() {
    CHECK(kinds(load.stop()) == "v1");
    CHECK(host.reload().status() == 200);
    CHECK(host.get("/v").body() == "v2");
  }

  VersionHost host;
  const ReloadContract contract;
  BackgroundLoad load;
};

void set_mode(const Path& directory, mode_t bits) {
  REQUIRE(::chmod(directory.c_str(), bits) == 0);
}

}  // namespace

TEST_SUITE("bad places") {
  TEST_CASE("58: a good file in a directory that others may write is refused") {
    TemptedHost tempted;
    const Path directory = tempted.host.plugin_directory();
    // The bit that keeps others from replacing a file lets them add one.
    for (const mode_t bits : {0770U, 0707U, 01777U}) {
      CAPTURE(bits);
      set_mode(directory, bits);
      tempted.check_refused("the plugin directory is writable");
    }
    set_mode(directory, 0700);
    tempted.check_taken();
  }

  TEST_CASE("58: so it is below a directory in which others may put another one in the way") {
    TemptedHost tempted;
    const Path parent = tempted.host.directory();
    for (const mode_t bits : {0770U, 0707U, 0777U}) {
      CAPTURE(bits);
      set_mode(parent, bits);
      tempted.check_refused("the parent of the plugin directory is writable");
    }
    // As /tmp is.
    set_mode(parent, 01777);
    tempted.check_taken();
  }

  TEST_CASE("57: only names are taken, and none that leaves the directory") {
    TemptedHost tempted;
    // What is no path for an HTTP server never comes to be looked at as a name.
    const std::string dotted = "400 bad_target";
    const std::string named = "400 bad_plugin_name";
    const std::vector<std::pair<std::string, std::string>> names{{"..", dotted},
                                                                 {"%2e%2e", dotted},
                                                                 {"..%2fversion", dotted},
                                                                 {"version%00", dotted},
                                                                 {"%2fversion", named},
                                                                 {"sub%2Fversion", named},
                                                                 {"version%2f", named},
                                                                 {"..version", named},
                                                                 {"%2eversion", named},
                                                                 {"%252e%252e", named},
                                                                 {"..%5cversion", named},
                                                                 {"VERSION", named},
                                                                 {"Version", named},
                                                                 {"version%20", named},
                                                                 {"-version", named},
                                                                 {"version%c3%a4", named},
                                                                 {"version%ff", named},
                                                                 {std::string(65, 'a'), named},
                                                                 {std::string(5000, 'a'), named}};
    for (const auto& name : names) {
      CAPTURE(name.first);
      for (const char* const call : {"/reload", "/rollback"}) {
        const Answer answer = tempted.host.admin("POST", "/v1/plugins/" + name.first + call);
        CHECK(answer.refusal() == name.second);
        CHECK(answer.detail().size() < 300);
        tempted.contract.check(answer);
      }
      CHECK(tempted.host.admin("GET", "/v1/plugins/" + name.first).refusal() == name.second);
    }
    CHECK(tempted.load.wait_answered(4));
    tempted.check_taken();
  }

  TEST_CASE("57: nor is any other taken from a body") {
    TemptedHost tempted;
    for (const std::string& name :
         {std::string(".."), std::string("../version"), std::string("/version"),
          std::string("sub/version"), std::string("version\\u0000"), std::string("Version"),
          std::string(), std::string(5000, 'a')}) {
      CAPTURE(name);
      const Answer answer = tempted.host.admin(
          "PUT", "/v1/backends/w", R"({"plugin":")" + name + R"(","handler":"version"})");
      CHECK(answer.refusal() == "422 bad_plugin_name");
      CHECK(answer.text_at("/pointer") == "/plugin");
      CHECK(answer.detail().size() < 300);
    }
    CHECK(tempted.load.wait_answered(4));
    tempted.check_taken();
  }
}

}  // namespace backplane::host
