#pragma once

#include <fstream>
#include <map>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "tests/support/background_load.hpp"
#include "tests/support/version_host.hpp"

namespace backplane::host {

// A host whose endpoint at /e leads to one replica of the example plugin `name`, whose handler has
// the same name. Owned by the test case; its thread.
class ExampleHost : public HostFixture {
 public:
  explicit ExampleHost(const std::string& name) : HostFixture({name}), name_(name) {
    create_backend("e", name);
    create_endpoint("e", "/e", R"({"e":1})", R"(["GET","POST"])");
  }

  // Puts the same code in its own place again and again while requests for `target` are served, all
  // of which must be answered `expected`; nothing but the last generation may be left.
  void survive_reloads(int reloads, const std::string& target, const std::string& expected) {
    BackgroundLoad load(data_port(), target);
    REQUIRE(load.wait_answered(20));
    for (int i = 0; i < reloads; ++i) {
      const Answer answer = admin("POST", "/v1/plugins/" + name_ + "/reload", R"({"force":true})");
      REQUIRE_MESSAGE(answer.status() == 200, answer.body());
      CHECK(get(target).body() == expected);
    }
    REQUIRE(load.wait_answered(20));
    const std::map<std::string, int> answers = load.stop();
    CHECK(answers.size() == 1);
    CHECK(answers.count(expected) == 1);

    const auto loaded = [this] { return admin("GET", "/v1/plugins/" + name_); };
    CHECK(wait_for([&] { return loaded().at("/generations/1").empty(); }));
    CHECK(loaded().at("/generations/0/generation") == std::to_string(reloads + 1));
    CHECK(loaded().text_at("/generations/0/state") == "serving");
    CHECK(mapped().size() == 1);
  }

 private:
  // The files of plugins that are mapped into this process.
  static std::set<std::string> mapped() {
    std::ifstream maps("/proc/self/maps");
    std::set<std::string> files;
    for (std::string line; std::getline(maps, line);) {
      if (line.find("/staging/") != std::string::npos) files.insert(line.substr(line.find('/')));
    }
    return files;
  }

  std::string name_;
};

}  // namespace backplane::host
