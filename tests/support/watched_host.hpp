#pragma once

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/built_plugin.hpp"
#include "tests/support/metrics_text.hpp"
#include "tests/support/version_host.hpp"

namespace backplane::host {

// Makes a host watch its plugin directory, quickly.
inline void watch_plugins(HostConfig& config) {
  config.watch_plugins = true;
  config.watch_settle = std::chrono::milliseconds(20);
}

// How often the watcher of `host` has told of `event`.
inline int watched(const HostFixture& host, const std::string& event) {
  const MetricsText page(host.admin("GET", "/metrics").body());
  return static_cast<int>(
      page.value("backplane_plugin_watcher_events_total", {{"event", event}}).value_or(0));
}

inline bool wait_watched(const HostFixture& host, const std::string& event, int count) {
  return wait_for([&] { return watched(host, event) >= count; });
}

// Blocks until the watcher has looked, and has been heard, once more than now.
inline bool wait_look(const HostFixture& host) {
  const int settled = watched(host, "settled");
  std::ofstream(host.plugin_directory() / ".other") << settled;
  std::filesystem::rename(host.plugin_directory() / ".other", host.plugin_directory() / "other.so");
  return wait_watched(host, "settled", settled + 1);
}

// Puts a copy of the build's plugin `name` into the place of `file` as another file, though the
// same code: bytes behind its end mean nothing to whoever loads it.
inline void drop_longer(const std::string& name, const std::filesystem::path& file) {
  const std::filesystem::path incoming = file.parent_path() / ".incoming";
  std::filesystem::copy_file(built_plugin(name), incoming,
                             std::filesystem::copy_options::overwrite_existing);
  std::ofstream(incoming, std::ios::binary | std::ios::app) << "more";
  std::filesystem::rename(incoming, file);
}

// A VersionHost that watches its plugin directory. Owned by the test case; its thread.
class WatchedHost : public VersionHost {
 public:
  explicit WatchedHost(const Adjust& adjust = watch_plugins) : VersionHost(adjust) {
    // That version1 was dropped.
    REQUIRE(wait_watched(*this, "unchanged", 1));
  }

  bool wait_served(const std::string& body) const {
    return wait_for([&] { return get("/v").body() == body; });
  }
  // How many reloads and rollbacks have begun.
  int reloads() const {
    const Answer all = admin("GET", "/v1/operations");
    int count = 0;
    for (int i = 0; !all.at("/operations/" + std::to_string(i)).empty(); ++i) {
      if (all.text_at("/operations/" + std::to_string(i) + "/object") == "version") ++count;
    }
    return count;
  }
};

}  // namespace backplane::host
