#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/background_load.hpp"
#include "tests/support/built_plugin.hpp"
#include "tests/support/plugin_gate.hpp"
#include "tests/support/version_host.hpp"

namespace backplane::host {

TEST_SUITE("reload") {
  TEST_CASE("B11: under load no request fails, and none that starts later gets the old code") {
    VersionHost host;
    BackgroundLoad load(host.data_port(), "/v");
    REQUIRE(load.wait_answered(20));
    for (const char* const next : {"version2", "version1", "version2"}) {
      host.drop(next);
      const Answer answer = host.reload();
      REQUIRE_MESSAGE(answer.status() == 200, answer.body());
      CHECK(answer.text_at("/state") == "done");
      const std::string expected = std::string("v") + next[7];
      CHECK(host.tally("/v", 64) == std::map<std::string, int>{{expected, 64}});
      REQUIRE(load.wait_answered(20));
    }
    const auto answers = load.stop();
    CHECK(answers.size() == 2);
    CHECK(answers.count("v1") + answers.count("v2") == 2);
    // Both replicas of each version that has left are gone, and what is left is the last one.
    REQUIRE(wait_generations(host, 1));
    CHECK(host.plugin().text_at("/generations/0/state") == "serving");
    CHECK(host.plugin().at("/generations/0/generation") == "4");
    CHECK(host.logged("+v1") == 4);
    CHECK(host.logged("-v1") == 4);
    CHECK(host.logged("-v2") == 2);
  }

  TEST_CASE("B11: all backends of a plugin go over together, by one revision") {
    VersionHost host;
    host.create_backend_of_version("w");
    host.create_endpoint("w", "/w", R"({"v":0.5,"w":0.5})");
    const std::string before = host.admin("GET", "/v1/status").at("/revision");
    host.drop("version2");
    const Answer answer = host.reload();
    REQUIRE(answer.status() == 200);
    CHECK(std::stoi(answer.at("/revision")) == std::stoi(before) + 1);
    CHECK(answer.header("ETag") == '"' + answer.at("/revision") + '"');
    CHECK(host.tally("/w", 64) == std::map<std::string, int>{{"v2", 64}});
    const Answer history = host.admin("GET", "/v1/history?limit=1");
    CHECK(history.text_at("/revisions/0/action") == "reload version");
    CHECK(history.text_at("/revisions/0/diff/0/path") == "/plugins/version");
    CHECK(history.text_at("/revisions/0/diff/0/to") == answer.text_at("/sha256"));
  }

  TEST_CASE("undo: of a reload is a rollback, and says so") {
    VersionHost host;
    host.drop("version2");
    REQUIRE(host.reload().status() == 200);
    const Answer refused = host.admin("POST", "/v1/undo", "{}");
    CHECK(refused.refusal() == "409 nothing_to_undo");
    CHECK(refused.text_at("/detail").find("roll the plugin back") != std::string::npos);
    CHECK(host.get("/v").body() == "v2");
    REQUIRE(host.rollback().status() == 200);
    CHECK(host.get("/v").body() == "v1");
  }

  TEST_CASE("B12, T115: a build that is no plugin, or cannot be made, changes nothing") {
    VersionHost host;
    const std::string app = host.admin("GET", "/v1/app").body();
    const std::string revision = host.admin("GET", "/v1/status").at("/revision");
    BackgroundLoad load(host.data_port(), "/v");
    REQUIRE(load.wait_answered(20));

    std::ofstream(host.file().string() + ".new", std::ios::binary) << std::string(4096, 'x');
    std::filesystem::rename(host.file().string() + ".new", host.file());
    const Answer corrupt = host.reload();
    CHECK(corrupt.refusal() == "422 not_elf");
    CHECK(corrupt.text_at("/stage") == "staging");
    CHECK(corrupt.at("/serving_generation") == "1");
    CHECK(host.plugin().text_at("/last_error/code") == "not_elf");

    host.drop("version_create_fails");
    const Answer failed = host.reload();
    CHECK(failed.text_at("/code") == "backend_init_failed");
    CHECK(failed.text_at("/detail").find("v4 cannot be made") != std::string::npos);

    host.drop("version_unhealthy");
    const Answer unhealthy = host.reload();
    CHECK(unhealthy.refusal() == "502 unhealthy");
    CHECK(unhealthy.text_at("/stage") == "building");
    CHECK(unhealthy.text_at("/detail").find("the disk is on fire") != std::string::npos);

    host.drop("hello2");
    CHECK(host.reload().text_at("/code") == "unknown_handler");

    std::filesystem::remove(host.file());
    CHECK(host.reload().refusal() == "404 unknown_plugin");

    REQUIRE(load.wait_answered(20));
    CHECK(load.stop().size() == 1);
    CHECK(host.admin("GET", "/v1/app").body() == app);
    CHECK(host.admin("GET", "/v1/status").at("/revision") == revision);
    CHECK(host.get("/v").body() == "v1");
    // What failed is not kept in memory either.
    CHECK(wait_for([&] { return host.logged("+v1") == 2 && host.logged("-v1") == 0; }));
    host.drop("version2");
    CHECK(host.reload().status() == 200);
    CHECK(host.plugin().at("/last_error").empty());
    CHECK(wait_generations(host, 1));
  }

  TEST_CASE("B12: the operation of a reload that failed says what the call is answered") {
    VersionHost host;
    host.drop("version_create_fails");
    const Answer failed = host.reload();
    const Answer accepted = host.reload({}, "?wait_ms=0");
    REQUIRE(accepted.status() == 202);
    const std::string operation = "/v1/operations/" + accepted.text_at("/id");
    REQUIRE(wait_for([&] { return host.admin("GET", operation).text_at("/state") == "failed"; }));
    const Answer ended = host.admin("GET", operation);
    CHECK(ended.at("/error/status") == "502");
    for (const std::string member : {"status", "code", "detail", "stage"}) {
      CAPTURE(member);
      CHECK(ended.at("/error/" + member) == failed.at("/" + member));
    }
  }

  TEST_CASE("B13: others are served and administered while a constructor takes its time") {
    HostFixture host({"ctorwait", "hello"});
    PluginGate gate(host.directory());
    host.create_backend("a", "hello");
    host.create_endpoint("a", "/a", R"({"a":1})");
    PendingAnswer first = host.admin_async(
        "PUT", "/v1/backends/w",
        R"({"plugin":"ctorwait","handler":"ctorwait","init":)" + gate.init_json() + "}");
    gate.open();
    REQUIRE(first.get().status() == 201);
    PendingAnswer reload =
        host.admin_async("POST", "/v1/plugins/ctorwait/reload", R"({"force":true})");
    CHECK(wait_for([&] { return latest_stage(host) == "building"; }));
    CHECK(host.tally("/a", 32).size() == 1);
    CHECK(host.admin("GET", "/healthz").status() == 200);
    host.create_backend("b", "hello");
    gate.open();
    CHECK(reload.get().status() == 200);
  }

  TEST_CASE("B14, B15: what runs and what waits finishes on the code that it was sent to") {
    VersionHost host;
    PluginGate gate(host.directory());
    REQUIRE(host.admin("PUT", "/v1/backends/h",
                       R"({"plugin":"version","handler":"held","init":)" + gate.init_json() + "}")
                .status() == 201);
    host.create_endpoint("h", "/h", R"({"h":1})");
    PendingAnswer running = host.get_async("/h");
    REQUIRE(gate.wait_entered());
    PendingAnswer queued = host.get_async("/h");
    REQUIRE(host.wait_queued("h", 1));
    host.drop("version2");
    REQUIRE(host.reload().status() == 200);
    CHECK(host.get("/v").body() == "v2");
    CHECK(host.plugin().at("/generations/0/in_flight") == "1");
    CHECK(host.plugin().text_at("/generations/0/state") == "retiring");
    CHECK(host.admin("GET", "/v1/status").at("/draining").find("h@1") != std::string::npos);
    gate.open(2);
    CHECK(running.get().body() == "v1");
    // What waited for the old code is answered by it, once.
    CHECK(queued.get().body() == "v1");
    CHECK(wait_generations(host, 1));
  }

  TEST_CASE("B16: an unchanged file is not loaded again, unless it must") {
    VersionHost host;
    const std::string revision = host.admin("GET", "/v1/status").at("/revision");
    const Answer unchanged = host.reload();
    CHECK(unchanged.status() == 200);
    CHECK(unchanged.text_at("/state") == "unchanged");
    CHECK(unchanged.at("/revision") == revision);
    CHECK(host.logged("+v1") == 2);
    const Answer forced = host.reload(R"({"force":true})");
    CHECK(forced.text_at("/state") == "done");
    CHECK(host.logged("+v1") == 4);
    CHECK(host.get("/v").body() == "v1");
    CHECK(host.admin("GET", "/v1/backends/v").at("/generation") == "2");
  }

  TEST_CASE("B17: a file that is overwritten in place is no harm to what runs") {
    VersionHost host;
    BackgroundLoad load(host.data_port(), "/v");
    REQUIRE(load.wait_answered(20));
    for (int i = 0; i < 5; ++i) {
      // As `cp` does: the file is cut to nothing, then written bit by bit.
      std::ofstream(host.file(), std::ios::binary | std::ios::trunc) << "half";
      CHECK(host.reload().status() == 422);
      std::filesystem::copy_file(built_plugin(i % 2 == 0 ? "version2" : "version3"), host.file(),
                                 std::filesystem::copy_options::overwrite_existing);
      CHECK(host.reload().status() == 200);
      CHECK(host.get("/v").body() == (i % 2 == 0 ? "v2" : "v3"));
    }
    REQUIRE(load.wait_answered(20));
    const auto answers = load.stop();
    CHECK(answers.count("v1") + answers.count("v2") + answers.count("v3") == answers.size());
  }

  TEST_CASE("B18: reloads at once go one after the other, and the later file wins") {
    VersionHost host;
    host.drop("version2");
    std::vector<PendingAnswer> storm;
    storm.reserve(24);
    for (int i = 0; i < 24; ++i) {
      storm.push_back(host.admin_async("POST", "/v1/plugins/version/reload?wait_ms=30000"));
    }
    host.drop("version3");
    const Answer last = host.reload();
    CHECK(last.status() == 200);
    CHECK(host.get("/v").body() == "v3");
    for (PendingAnswer& pending : storm) CHECK(pending.get().status() == 200);
    CHECK(host.get("/v").body() == "v3");
    CHECK(wait_generations(host, 1));
  }

  TEST_CASE("B19: reloads, deletions and creations race, and the last word holds") {
    VersionHost host;
    BackgroundLoad load(host.data_port(), "/v");
    REQUIRE(load.wait_answered(8));
    const std::string body = R"({"plugin":"version","handler":"version"})";
    for (int i = 0; i < 40; ++i) {
      host.drop(i % 2 == 0 ? "version2" : "version1");
      PendingAnswer reload = host.admin_async("POST", "/v1/plugins/version/reload?wait_ms=600000");
      PendingAnswer made = host.admin_async("PUT", "/v1/backends/w", body);
      const Answer gone = host.admin("DELETE", "/v1/backends/w");
      CHECK((gone.status() == 200 || gone.status() == 404));
      const Answer reloaded = reload.get();
      CHECK((reloaded.status() == 200 || reloaded.status() == 409));
      const Answer created = made.get();
      CHECK((created.status() == 201 || created.status() == 409));
      if (host.admin("GET", "/v1/backends/w").status() == 200) {
        CHECK(host.admin("DELETE", "/v1/backends/w").status() == 200);
      }
    }
    host.drop("version3");
    CHECK(host.reload().status() == 200);
    CHECK(host.tally("/v", 32) == std::map<std::string, int>{{"v3", 32}});
    const auto answers = load.stop();
    CHECK(answers.count("v1") + answers.count("v2") + answers.count("v3") == answers.size());
  }

  TEST_CASE("B19: a backend that is made during a reload runs the code of after it") {
    HostFixture host({"ctorwait"});
    PluginGate gate(host.directory());
    const std::string body =
        R"({"plugin":"ctorwait","handler":"ctorwait","init":)" + gate.init_json() + "}";
    gate.open();
    REQUIRE(host.admin("PUT", "/v1/backends/a", body).status() == 201);
    PendingAnswer reload =
        host.admin_async("POST", "/v1/plugins/ctorwait/reload", R"({"force":true})");
    CHECK(wait_for([&] { return latest_stage(host) == "building"; }));
    // Made of the former code, and overtaken by the reload.
    PendingAnswer made = host.admin_async("PUT", "/v1/backends/b", body);
    gate.open(8);
    CHECK(reload.get().status() == 200);
    CHECK(made.get().status() == 201);
    const auto loaded = [&] { return host.admin("GET", "/v1/plugins/ctorwait"); };
    CHECK(wait_for([&] { return loaded().at("/generations/1").empty(); }));
  }
}

}  // namespace backplane::host
