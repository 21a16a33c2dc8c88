#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <doctest/doctest.h>

#include "tests/support/host_fixture.hpp"
#include "tests/support/raw_client.hpp"
#include "tests/support/wait_for.hpp"

namespace backplane::host {

// The stage of the operation that began last.
inline std::string latest_stage(const HostFixture& host) {
  const Answer all = host.admin("GET", "/v1/operations");
  std::string stage;
  for (int i = 0; !all.at("/operations/" + std::to_string(i)).empty(); ++i) {
    stage = all.text_at("/operations/" + std::to_string(i) + "/stage");
  }
  return stage;
}

// A host whose plugin `version` is version1, with one backend "v" of two replicas and an endpoint
// at /v, and what it takes to put other versions in its place. Owned by the test case; its thread.
class VersionHost : public HostFixture {
 public:
  explicit VersionHost(const Adjust& adjust = {}) : HostFixture({}, adjust) {
    drop("version1");
    create_backend_of_version("v");
    create_endpoint("v", "/v", R"({"v":1})");
    REQUIRE(get("/v").body() == "v1");
  }

  void create_backend_of_version(const std::string& tag) const {
    const std::string body = R"({"plugin":"version","handler":"version","init":{"log":")" +
                             log().string() + R"("},"config":{"num_replicas":2}})";
    const Answer answer = admin("PUT", "/v1/backends/" + tag, body);
    REQUIRE_MESSAGE(answer.status() == 201, answer.body());
  }

  // Renames a copy of the build's plugin `name` into the place of version.so, as one should.
  void drop(const std::string& name) {
    add_plugin(name, "incoming");
    std::filesystem::rename(plugin_directory() / "incoming.so", file());
  }
  std::filesystem::path file() const { return plugin_directory() / "version.so"; }

  Answer reload(const std::string& body = {}, const std::string& query = {}) const {
    return admin("POST", "/v1/plugins/version/reload" + query, body);
  }
  PendingAnswer reload_async(const std::string& body = {}, const std::string& query = {}) const {
    return admin_async("POST", "/v1/plugins/version/reload" + query, body);
  }
  Answer rollback() const { return admin("POST", "/v1/plugins/version/rollback"); }
  Answer promote(const Fields& fields = {}, const std::string& query = {}) const {
    RawClient client(admin_port());
    auto response =
        client.ask(request_text("POST", "/v1/plugins/version/promote" + query, fields, {}));
    REQUIRE(response.has_value());
    return Answer(std::move(*response));
  }
  Answer plugin() const { return admin("GET", "/v1/plugins/version"); }

  // What replicas wrote when they were made and when they went.
  std::filesystem::path log() const { return directory() / "log"; }
  int logged(const std::string& line) const {
    std::ifstream file(log());
    int count = 0;
    for (std::string found; std::getline(file, found);) count += found == line ? 1 : 0;
    return count;
  }
};

// How many versions of the plugin are in the process.
inline std::size_t generations(const VersionHost& host) {
  std::size_t count = 0;
  const Answer plugin = host.plugin();
  while (!plugin.at("/generations/" + std::to_string(count)).empty()) ++count;
  return count;
}

inline bool wait_generations(const VersionHost& host, std::size_t count) {
  return wait_for([&] { return generations(host) == count; });
}

}  // namespace backplane::host
