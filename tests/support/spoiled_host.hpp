#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>

#include <doctest/doctest.h>

#include "tests/support/host_fixture.hpp"
#include "tests/support/version_host.hpp"

namespace backplane::host {

// A host that tries plugins in a child first, in which good builds (tests/plugins/predecessor.cpp)
// serve under the names of plugins with a sin, until the test drops those over them. `hello` serves
// beside them and has nothing to do with it. Owned by the test case; its thread.
class SpoiledHost : public HostFixture {
 public:
  explicit SpoiledHost(const Adjust& adjust = {})
      : HostFixture({"hello"}, [&adjust](HostConfig& config) {
          config.probe_plugins = true;
          // A probe goes behind the clients of a test, which take all the time that there is.
          config.probe_timeout = std::chrono::minutes(1);
          if (adjust) adjust(config);
        }) {
    create_backend("hello", "hello");
    create_endpoint("hello", "/hello", R"({"hello":1})");
    check_hello();
  }

  // The good build serves GET /<plugin>, by a backend of that name with `init` and `config`.
  void serve(const std::string& plugin, const std::string& init = "null",
             const std::string& config = R"({"num_replicas":2})") {
    add_plugin("predecessor", plugin);
    create_backend(plugin, plugin, config, init);
    create_endpoint(plugin, "/" + plugin, R"({")" + plugin + R"(":1})");
    REQUIRE(get("/" + plugin).body() == "good");
  }

  std::filesystem::path file(const std::string& plugin) const {
    return plugin_directory() / (plugin + ".so");
  }
  // Renames the spoiled build into the place of the good one.
  void spoil(const std::string& plugin) { drop(plugin, plugin); }
  void drop(const std::string& build, const std::string& plugin) {
    add_plugin(build, "incoming");
    std::filesystem::rename(file("incoming"), file(plugin));
  }

  PendingAnswer reload_async(const std::string& plugin, const std::string& body = {}) const {
    return admin_async("POST", "/v1/plugins/" + plugin + "/reload?wait_ms=60000", body);
  }
  Answer reload(const std::string& plugin, const std::string& body = {}) const {
    return reload_async(plugin, body).get();
  }
  Answer rollback(const std::string& plugin) const {
    return admin("POST", "/v1/plugins/" + plugin + "/rollback?wait_ms=60000");
  }
  Answer plugin(const std::string& plugin) const { return admin("GET", "/v1/plugins/" + plugin); }
  // Whether one version of the plugin is in memory, and no other, before kPatience is over.
  bool wait_alone(const std::string& name) const {
    return wait_for([&] {
      const Answer listed = plugin(name);
      return !listed.at("/generations/0").empty() && listed.at("/generations/1").empty();
    });
  }

  std::string revision() const { return admin("GET", "/v1/status").at("/revision"); }
  void check_hello() const { CHECK(get("/hello").body() == "hello serve!"); }
};

// The different answers that came, in their order: "good" when none was another.
inline std::string kinds(const std::map<std::string, int>& answers) {
  std::string text;
  for (const auto& [answer, count] : answers) text += (text.empty() ? "" : ", ") + answer;
  return text;
}

}  // namespace backplane::host
