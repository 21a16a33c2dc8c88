#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>
#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "tests/support/background_load.hpp"
#include "tests/support/plugin_gate.hpp"
#include "tests/support/watched_host.hpp"

namespace backplane::host {
namespace {

// Begins a change of a backend of `ctorwait`, which lasts until `gate` is opened, and has another
// file of that plugin settle meanwhile.
PendingAnswer drop_during_change(HostFixture& host, PluginGate& gate) {
  gate.open();
  host.create_backend("a", "ctorwait", "{}", gate.init_json());
  REQUIRE(wait_watched(host, "unchanged", 1));
  PendingAnswer change =
      host.admin_async("PATCH", "/v1/backends/a", R"({"config":{"num_replicas":2}})");
  REQUIRE(wait_for([&] { return latest_stage(host) == "building"; }));
  const int settled = watched(host, "settled");
  drop_longer("ctorwait", host.plugin_directory() / "ctorwait.so");
  REQUIRE(wait_watched(host, "settled", settled + 1));
  return change;
}

}  // namespace

TEST_SUITE("watch") {
  TEST_CASE("row 67: a plugin that was built anew while the host was down is reloaded") {
    WatchedHost host;
    host.stop();
    host.drop("version2");
    host.restart();
    CHECK(host.wait_served("v2"));
    CHECK(host.admin("GET", "/v1/history?limit=1").text_at("/revisions/0/author") == "watcher");
    // What was rolled back stays so, although the file is there.
    REQUIRE(host.rollback().status() == 200);
    host.restart();
    CHECK(wait_watched(host, "left", 1));
    CHECK(host.get("/v").body() == "v1");
    CHECK(host.reloads() == 0);
    host.drop("version2");
    CHECK(host.wait_served("v2"));
  }

  TEST_CASE("row 67: a file waits for the change that is under way") {
    HostFixture host({"ctorwait"}, watch_plugins);
    PluginGate gate(host.directory());
    PendingAnswer change = drop_during_change(host, gate);
    REQUIRE(wait_look(host));
    CHECK(watched(host, "retried") == 0);
    CHECK(latest_stage(host) == "building");
    gate.open(64);
    CHECK(change.get().status() == 200);
    CHECK(wait_watched(host, "reloaded", 1));
    const Answer plugin = host.admin("GET", "/v1/plugins/ctorwait");
    CHECK(plugin.text_at("/running_sha256") == plugin.text_at("/sha256"));
    CHECK(watched(host, "failed") == 0);
  }

  TEST_CASE("row 67: a file that is written again before its turn is not loaded half") {
    HostFixture host({"ctorwait"}, [](HostConfig& config) {
      config.watch_plugins = true;
      config.watch_settle = std::chrono::milliseconds(100);
    });
    PluginGate gate(host.directory());
    PendingAnswer change = drop_during_change(host, gate);
    const auto write = [file = host.plugin_directory() / "ctorwait.so"] {
      std::ofstream(file, std::ios::binary | std::ios::app) << '.';
    };
    // Never quiet, unless this thread was not let run for so long between two writes: from before
    // the one to after the other.
    TimePoint before = Clock::now();
    write();
    gate.open(64);
    Duration longest{};
    const bool overtaken = wait_for([&] {
      const TimePoint next = Clock::now();
      write();
      longest = std::max(longest, Clock::now() - std::exchange(before, next));
      return watched(host, "overtaken") > 0 || watched(host, "reloaded") > 0;
    });
    CHECK(overtaken);
    if (longest < std::chrono::milliseconds(400)) CHECK(watched(host, "reloaded") == 0);
    CHECK(change.get().status() == 200);
    CHECK(wait_for([&] {
      const Answer plugin = host.admin("GET", "/v1/plugins/ctorwait");
      return plugin.text_at("/running_sha256") == plugin.text_at("/sha256");
    }));
    CHECK(watched(host, "failed") == 0);
  }

  TEST_CASE("row 67: what a canary has refused is not reloaded behind its back") {
    WatchedHost host;
    const std::string canary =
        R"({"strategy":"canary","force":true,"weight":0.5,"min_requests":40,"duration_ms":3600000})";
    // Nobody asks yet, so that it stays on trial, and the watcher waits.
    const std::string first = host.reload(canary, "?wait_ms=0").header("Location");
    CHECK(wait_for([&] { return latest_stage(host) == "canary"; }));
    host.drop("version_flaky");
    const std::string second = host.reload(canary, "?wait_ms=0").header("Location");
    REQUIRE(wait_look(host));
    CHECK(host.admin("DELETE", first).status() == 200);
    BackgroundLoad load(host.data_port(), "/v");
    CHECK(wait_for([&] { return host.admin("GET", second).text_at("/state") == "failed"; }));
    CHECK(host.admin("GET", second).text_at("/error/code") == "canary_failed");
    CHECK(wait_watched(host, "left", 1));
    CHECK(host.tally("/v", 64) == std::map<std::string, int>{{"v1", 64}});
    CHECK(host.reloads() == 2);
  }
}

}  // namespace backplane::host
