#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include <doctest/doctest.h>

#include "tests/support/background_load.hpp"
#include "tests/support/plugin_gate.hpp"
#include "tests/support/version_host.hpp"

namespace backplane::host {

namespace {

// BACKPLANE_RELOADS in the environment asks for more.
int wanted_reloads() {
  const char* const wanted = std::getenv("BACKPLANE_RELOADS");
  return wanted == nullptr ? 100 : std::stoi(wanted);
}

}  // namespace

TEST_SUITE("reload") {
  TEST_CASE("B20: many reloads leave nothing behind: no mapping, descriptor or thread") {
    VersionHost host;
    const auto count = [](const char* directory) {
      return std::distance(std::filesystem::directory_iterator(directory),
                           std::filesystem::directory_iterator());
    };
    const auto mapped = [] {
      std::ifstream maps("/proc/self/maps");
      int lines = 0;
      for (std::string line; std::getline(maps, line);) {
        lines += line.find("/staging/") != std::string::npos ? 1 : 0;
      }
      return lines;
    };
    REQUIRE(host.reload(R"({"force":true})").status() == 200);
    REQUIRE(wait_generations(host, 1));
    const auto descriptors = count("/proc/self/fd");
    const auto threads = count("/proc/self/task");
    const int mappings = mapped();
    BackgroundLoad load(host.data_port(), "/v");
    for (int i = 0; i < wanted_reloads(); ++i) {
      const bool to_second = i % 2 == 0;
      host.drop(to_second ? "version2" : "version1");
      REQUIRE(host.reload().status() == 200);
      CHECK(host.get("/v").body() == (to_second ? "v2" : "v1"));
    }
    for (const auto& answered : load.stop()) {
      const std::string& answer = answered.first;
      CHECK_MESSAGE((answer == "v1" || answer == "v2"), answer);
    }
    REQUIRE(wait_generations(host, 1));
    CHECK(mapped() == mappings);
    // What goes, goes on other threads; connections of this test too.
    CHECK(wait_for([&] { return count("/proc/self/task") <= threads; }));
    CHECK(wait_for([&] { return count("/proc/self/fd") <= descriptors; }));
    CHECK(count((host.directory() / "state" / "staging").c_str()) == 1);
    CHECK(wait_for([&] { return count((host.directory() / "state" / "artifacts").c_str()) == 2; }));
  }

  TEST_CASE("68, E13: versions with the same static state each have their own") {
    HostFixture host({"iid"});
    host.create_backend("i", "iid");
    host.create_endpoint("i", "/i", R"({"i":1})");
    REQUIRE(host.get("/i").body() == "1/0/1");
    BackgroundLoad load(host.data_port(), "/i");
    REQUIRE(load.wait_answered(4));
    CHECK(host.admin("POST", "/v1/plugins/iid/reload", R"({"force":true})").status() == 200);
    REQUIRE(load.wait_answered(4));
    CHECK(load.stop().size() == 2);
    CHECK(host.get("/i").body() == "2/0/1");
  }

  TEST_CASE("B21, B22: what cannot be unmapped stays, is counted, and keeps nobody from new code") {
    HostFixture host({}, [](HostConfig& config) { config.max_pinned = 2; });
    const auto reload = [&host] {
      return host.admin("POST", "/v1/plugins/stays/reload", R"({"force":true})");
    };
    host.add_plugin("stays");
    host.create_backend("s", "stays");
    host.create_endpoint("s", "/s", R"({"s":1})");
    CHECK(host.get("/s").body() == "still here");
    CHECK(reload().status() == 200);
    CHECK(reload().status() == 200);
    const auto pinned = [&host](const char* count) {
      return host.admin("GET", "/metrics")
                 .body()
                 .find(std::string("backplane_generations_pinned ") + count) != std::string::npos;
    };
    CHECK(wait_for([&] { return pinned("2"); }));
    CHECK(host.admin("GET", "/v1/plugins/stays").text_at("/generations/0/state") == "pinned");
    CHECK(reload().refusal() == "507 too_many_pinned");
    CHECK(host.get("/s").body() == "still here");
  }

  TEST_CASE("B23: a handler that does not return keeps nobody from the new code") {
    VersionHost host(
        [](HostConfig& config) { config.drain_timeout = std::chrono::milliseconds(1); });
    PluginGate gate(host.directory());
    REQUIRE(host.admin("PUT", "/v1/backends/h",
                       R"({"plugin":"version","handler":"held","init":)" + gate.init_json() + "}")
                .status() == 201);
    host.create_endpoint("h", "/h", R"({"h":1})");
    PendingAnswer stuck = host.get_async("/h");
    REQUIRE(gate.wait_entered());
    host.drop("version2");
    REQUIRE(host.reload().status() == 200);
    CHECK(wait_for(
        [&] { return host.admin("GET", "/v1/status").at("/draining_overdue") == R"(["h@1"])"; }));
    CHECK(host.get("/v").body() == "v2");
    gate.open();
    CHECK(stuck.get().body() == "v1");
    CHECK(wait_for([&] { return host.admin("GET", "/v1/status").at("/draining") == "[]"; }));
  }

  TEST_CASE("B24: a rollback brings the version before, without the file in the directory") {
    VersionHost host;
    CHECK(host.rollback().refusal() == "409 nothing_to_roll_back");
    host.drop("version2");
    REQUIRE(host.reload().status() == 200);
    std::filesystem::remove(host.file());
    const Answer back = host.rollback();
    REQUIRE_MESSAGE(back.status() == 200, back.body());
    CHECK(host.get("/v").body() == "v1");
    CHECK(host.rollback().status() == 200);
    CHECK(host.get("/v").body() == "v2");
    CHECK(host.rollback().status() == 200);
    // And a restart serves what was acknowledged last, from the copies that the host keeps.
    host.restart();
    CHECK(host.get("/v").body() == "v1");
    CHECK(host.rollback().status() == 200);
    CHECK(host.get("/v").body() == "v2");
  }

  TEST_CASE("B25: a file that is gone pulls no backend down, and is reported by a reload") {
    VersionHost host;
    std::filesystem::remove(host.file());
    CHECK(host.reload().refusal() == "404 unknown_plugin");
    CHECK(host.get("/v").body() == "v1");
  }

  TEST_CASE("reload: a pinned digest, a plugin that nobody uses, bad bodies") {
    VersionHost host;
    host.drop("version2");
    const std::string zeros(64, '0');
    CHECK(host.reload(R"({"sha256":")" + zeros + R"("})").refusal() == "422 sha256_mismatch");
    const std::string good = host.plugin().text_at("/sha256");
    CHECK(host.reload(R"({"sha256":")" + good + R"("})").status() == 200);
    host.add_plugin("hello");
    CHECK(host.admin("POST", "/v1/plugins/hello/reload").refusal() == "404 plugin_not_in_use");
    CHECK(host.admin("POST", "/v1/plugins/../reload").status() >= 400);
    CHECK(host.reload(R"({"sha256":"abc"})").refusal() == "422 invalid_argument");
    CHECK(host.reload(R"({"weight":0.5})").refusal() == "422 invalid_argument");
    CHECK(host.reload(R"({"shape":1})").refusal() == "422 unknown_field");
    CHECK(host.reload("nonsense").refusal() == "400 invalid_json");
    CHECK(host.reload({}, "?dry_run=true").refusal() == "400 bad_query");
  }

  TEST_CASE("reload: a call that does not wait is answered with the operation") {
    VersionHost host;
    host.drop("version2");
    const Answer accepted = host.reload({}, "?wait_ms=0");
    REQUIRE(accepted.status() == 202);
    CHECK(accepted.text_at("/action") == "reload");
    CHECK(accepted.text_at("/object") == "version");
    const std::string location = accepted.header("Location");
    CHECK(wait_for([&] { return host.admin("GET", location).text_at("/state") == "succeeded"; }));
    const Answer ended = host.admin("GET", location);
    for (const char* const stage : {"staging", "loading", "building", "committing"}) {
      CHECK_FALSE(ended.at(std::string("/stages_ms/") + stage).empty());
    }
    CHECK(host.get("/v").body() == "v2");
  }

  TEST_CASE("reload: an operation that is aborted before its switch changes nothing") {
    HostFixture host({"ctorwait"});
    PluginGate gate(host.directory());
    const std::string body =
        R"({"plugin":"ctorwait","handler":"ctorwait","init":)" + gate.init_json() + "}";
    gate.open();
    REQUIRE(host.admin("PUT", "/v1/backends/a", body).status() == 201);
    const std::string revision = host.admin("GET", "/v1/status").at("/revision");
    PendingAnswer reload =
        host.admin_async("POST", "/v1/plugins/ctorwait/reload", R"({"force":true})");
    PendingAnswer waiting =
        host.admin_async("POST", "/v1/plugins/ctorwait/reload", R"({"force":true})");
    CHECK(wait_for([&] {
      const Answer all = host.admin("GET", "/v1/operations");
      return all.text_at("/operations/1/stage") == "building" &&
             all.text_at("/operations/2/stage") == "waiting";
    }));
    for (const char* const index : {"2", "1"}) {
      const std::string id =
          host.admin("GET", "/v1/operations").text_at("/operations/" + std::string(index) + "/id");
      CHECK(host.admin("DELETE", "/v1/operations/" + id).text_at("/state") == "aborted");
    }
    CHECK(reload.get().refusal() == "409 operation_aborted");
    CHECK(waiting.get().refusal() == "409 operation_aborted");
    CHECK(host.admin("GET", "/v1/status").at("/revision") == revision);
    gate.open(4);
    CHECK(host.admin("POST", "/v1/plugins/ctorwait/reload", R"({"force":true})").status() == 200);
  }

  TEST_CASE("restart: what a backend runs is what was acknowledged, whatever was dropped since") {
    VersionHost host;
    host.drop("version2");
    host.restart();
    CHECK(host.get("/v").body() == "v1");
    CHECK(host.reload().status() == 200);
    CHECK(host.get("/v").body() == "v2");
    // Without its copies the host takes the file, if it is the one that was meant.
    std::filesystem::remove_all(host.directory() / "state" / "artifacts");
    host.restart();
    CHECK(host.get("/v").body() == "v2");
    std::filesystem::remove_all(host.directory() / "state" / "artifacts");
    host.drop("version3");
    host.restart();
    CHECK(host.get("/v").refusal() == "503 no_replica");
    CHECK(host.admin("GET", "/v1/backends/v").text_at("/error/code") == "digest_changed");
    // And says so until it is told to take that one.
    CHECK(host.reload().status() == 200);
    CHECK(host.get("/v").body() == "v3");
  }
}

}  // namespace backplane::host
