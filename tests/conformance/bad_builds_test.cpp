#include <chrono>
#include <fstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/background_load.hpp"
#include "tests/support/plugin_gate.hpp"
#include "tests/support/reload_contract.hpp"
#include "tests/support/sanitized.hpp"
#include "tests/support/spoiled_host.hpp"

// What a reload answers to builds that end, block or change the process, or of which no backend can
// be made: each file of tests/plugins has one sin. Until the switch the good build before it serves
// every request.
namespace backplane::host {
namespace {

struct Sin {
  std::string plugin;
  std::string refusal;  // "422 plugin_probe_failed"
  std::string stage;
  std::string words;  // that whoever wrote the plugin can act on
  std::string init = "null";
};

// Of what never ends; a good plugin must be through before.
constexpr std::chrono::milliseconds kProbeTime{10'000};

const std::string four_replicas = R"({"num_replicas":4})";

// That the answer to the reload is the one that `sin` deserves, and that everything is as before.
void check_refusal(const SpoiledHost& host, const Sin& sin, const Answer& answer) {
  CHECK(answer.refusal() == sin.refusal);
  CHECK(answer.text_at("/stage") == sin.stage);
  CHECK(answer.at("/serving_generation") == "1");
  CHECK_MESSAGE(answer.detail().find(sin.words) != std::string::npos, answer.detail());
  ReloadContract(host).check(answer);
  const Answer plugin = host.plugin(sin.plugin);
  CHECK(plugin.text_at("/last_error/code") == answer.text_at("/code"));
  CHECK(plugin.text_at("/last_error/stage") == sin.stage);
  CHECK(plugin.text_at("/running_sha256") == plugin.text_at("/generations/0/sha256"));
  CHECK(host.admin("GET", "/v1/backends/" + sin.plugin).at("/generation") == "1");
}

// Drops the spoiled build over the good one, under load.
void check_refused(SpoiledHost& host, const Sin& sin) {
  CAPTURE(sin.plugin);
  host.serve(sin.plugin, sin.init, four_replicas);
  const std::string app = host.admin("GET", "/v1/app").body();
  const std::string revision = host.revision();
  BackgroundLoad load(host.data_port(), "/" + sin.plugin);
  REQUIRE(load.wait_answered(8));
  host.spoil(sin.plugin);
  check_refusal(host, sin, host.reload(sin.plugin));
  CHECK(load.wait_answered(8));
  CHECK(kinds(load.stop()) == "good");
  CHECK(host.admin("GET", "/v1/app").body() == app);
  CHECK(host.revision() == revision);
}

// The same file as the first of its plugin: where there is nothing that could go on.
void check_first_load(SpoiledHost& host, const Sin& sin) {
  CAPTURE(sin.plugin);
  const std::string first = "first_" + sin.plugin;
  host.add_plugin(sin.plugin, first);
  const Answer refused = host.admin(
      "PUT", "/v1/backends/first",
      R"({"plugin":")" + first + R"(","handler":")" + sin.plugin + R"(","init":)" + sin.init + "}");
  CHECK(refused.refusal() == sin.refusal);
  CHECK_MESSAGE(refused.detail().find(sin.words) != std::string::npos, refused.detail());
  CHECK(host.admin("GET", "/v1/backends/first").refusal() == "404 unknown_backend");
}

void check_all(const std::vector<Sin>& sins) {
  SpoiledHost host;
  for (const Sin& sin : sins) {
    check_refused(host, sin);
    CHECK(host.wait_alone(sin.plugin));
    check_first_load(host, sin);
  }
  host.check_hello();
  for (const Sin& sin : sins) CHECK(host.get("/" + sin.plugin).body() == "good");
}

Sin in_probe(const std::string& plugin, const std::string& code, const std::string& words) {
  return {plugin, "422 " + code, "probing", words};
}

Sin tampers(const std::string& plugin, const std::string& with) {
  return in_probe(plugin, "plugin_env_tampering", with);
}

}  // namespace

TEST_SUITE("bad builds") {
  TEST_CASE("60, E14: what ends its process at load ends the probe, and the good build serves") {
    check_all({in_probe("throws_in_static_constructor", "plugin_probe_failed",
                        "stage 'load' of the probe: it ended the process with signal SIGABRT"),
               in_probe("exits_in_static_constructor", "plugin_probe_failed",
                        "stage 'load' of the probe: it ended the process with exit status 7"),
               in_probe("keeps_function", "plugin_probe_failed",
                        "stage 'unload' of the probe: it ended the process with "),
               in_probe("writes_everywhere", "plugin_probe_failed", "its answer cannot be read")});
  }

  TEST_CASE("46, 60: what never comes back from load or create has its time, side by side") {
    SpoiledHost host([](HostConfig& config) { config.probe_timeout = kProbeTime; });
    const std::string words =
        "it did not end in time (" + std::to_string(kProbeTime.count()) + " ms)";
    // What spins has CPU time as well, of which a probe has less than that.
    const std::string spun = "stage 'load' of the probe: it ";
    const std::vector<Sin> sins{
        in_probe("spins_in_static_constructor", "plugin_probe_failed", spun),
        in_probe("hangs_in_create", "plugin_probe_failed",
                 "stage 'create' of the probe, backend 'hangs_in_create': " + words)};
    for (const Sin& sin : sins) host.serve(sin.plugin);
    BackgroundLoad load(host.data_port(), "/" + sins[0].plugin);
    BackgroundLoad other(host.data_port(), "/" + sins[1].plugin);
    std::vector<PendingAnswer> reloads;
    reloads.reserve(sins.size());
    for (const Sin& sin : sins) {
      host.spoil(sin.plugin);
      reloads.push_back(host.reload_async(sin.plugin));
    }
    // Another plugin does not wait for them.
    CHECK(host.reload("hello", R"({"force":true})").status() == 200);
    for (std::size_t i = 0; i < sins.size(); ++i) {
      CAPTURE(sins[i].plugin);
      check_refusal(host, sins[i], reloads[i].get());
    }
    for (BackgroundLoad* const one : {&load, &other}) {
      CHECK(one->wait_answered(8));
      CHECK(kinds(one->stop()) == "good");
    }
  }

  TEST_CASE("54, 55: what only the loader sees is found by the probe, in the loader's words") {
    check_all(
        {in_probe("undefined_symbol", "plugin_symbol", "backplane_fixture_that_nobody_defines"),
         in_probe("bad_magic", "handshake_failed", "its table")});
  }

  TEST_CASE("63: what refuses by itself is refused in its own words") {
    check_all({in_probe("init_fails", "plugin_init_failed", "licence expired"),
               in_probe("ctorfail", "backend_init_failed", "model file missing"),
               in_probe("ctorfail_int", "backend_init_failed", "not a std::exception"),
               in_probe("unhealthy", "unhealthy", "the accelerator does not answer"),
               {"reaches_out", "422 backend_init_failed", "probing", "refused, Permission denied",
                R"("tcp")"}});
  }

  TEST_CASE("49: what changes the process is refused with what it changed") {
    check_all(
        {tampers("changes_locale", "the locale"), tampers("changes_signal_mask", "the signal mask"),
         tampers("changes_working_directory", "the working directory"),
         tampers("changes_float_mode", "the floating-point mode"),
         tampers("installs_signal_handler", "the handler of signal 15"),
         tampers("closes_descriptors", "it closed, or wrote to, descriptors that are not its own"),
         tampers("closes_standard_output", "the standard streams")});
  }

  TEST_CASE("B10: one replica of four that does not start takes the others with it") {
    SpoiledHost host;
    const std::string journal = (host.directory() / "journal").string();
    check_refused(host, {"ctor_fail_third", "502 backend_init_failed", "building",
                         "replica 2 cannot start", R"({"journal":")" + journal + R"("})"});
    host.stop();
    int alive = 0;
    std::ifstream lines(journal);
    for (std::string line; std::getline(lines, line);)
      alive += line.starts_with("created") ? 1 : -1;
    CHECK(alive == 0);
  }

  TEST_CASE("46: a constructor that hangs where nothing is probed has its time, too") {
    SpoiledHost host([](HostConfig& config) {
      config.probe_plugins = false;
      config.init_timeout = std::chrono::milliseconds(3000);
    });
    PluginGate gate(host.directory());
    check_refused(host, {"ctorwait", "502 init_timeout", "building", "3000 ms", gate.init_json()});
    gate.open(4);
    CHECK(host.wait_alone("ctorwait"));
  }
}

}  // namespace backplane::host
