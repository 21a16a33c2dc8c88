#include <chrono>
#include <csignal>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "host/plugin/probe_runner.hpp"
#include "tests/support/growing_limit.hpp"
#include "tests/support/sanitized.hpp"

// What becomes of plugins that would end, block or change the process that they are loaded into
// (E10, E14 and rows 41, 49, 54, 60 of faults). Each file of tests/plugins has one sin.
namespace backplane::host {
namespace {

constexpr std::chrono::milliseconds kPlenty{20'000};
// Enough to get as far as the plugin's code, unless the machine is busy.
constexpr std::chrono::milliseconds kShort{1500};

Result<ProbeReport> probe(ProbeRequest request, std::chrono::milliseconds limit = kPlenty) {
  auto runner = ProbeRunner::start(ProbeRunner::program_beside_this(), limit);
  REQUIRE(runner.ok());
  return runner.value()->probe(std::move(request));
}

// Fixture `name` with a backend of its handler of the same name.
ProbeRequest fixture(const std::string& name, const std::string& init = {},
                     const std::string& user_config = {}) {
  return {
      .plugin = {},
      .path = BACKPLANE_TEST_PLUGINS "/" + name + ".so",
      .handlers = {
          {.handler = name, .backend = "tag", .init_json = init, .user_config_json = user_config}}};
}

// "passes" with the warnings, or the reason of the refusal and its message.
std::string outcome(const Result<ProbeReport>& report) {
  if (!report.ok()) return std::string(report.error().reason()) + ": " + report.error().message();
  std::string text = "passes";
  for (const std::string& warning : report.value().warnings) text += " " + warning;
  return text;
}

std::string outcome(const std::string& name) {
  return outcome(probe(fixture(name)));
}

// That a probe which gets to the plugin's code ends there with its time, as `stage` says.
void check_out_of_time(const std::string& name, const std::string& stage) {
  std::string found;
  const auto limit = with_growing_limit(kShort, [&](std::chrono::milliseconds time) {
    found = outcome(probe(fixture(name), time));
    return found.find(stage) != std::string::npos;
  });
  CHECK(found == "plugin_probe_failed: " + stage + ": it did not end in time (" +
                     std::to_string(limit.count()) + " ms)");
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("plugin") {
  TEST_CASE("60: a plugin whose static constructor throws, spins or exits does so in the probe") {
    CHECK(outcome("throws_in_static_constructor") ==
          "plugin_probe_failed: stage 'load' of the probe: it ended the process with signal "
          "SIGABRT (Aborted)");
    CHECK(outcome("exits_in_static_constructor") ==
          "plugin_probe_failed: stage 'load' of the probe: it ended the process with exit status "
          "7");
    check_out_of_time("spins_in_static_constructor", "stage 'load' of the probe");
  }

  TEST_CASE("54: what only the loader can see has the loader's code") {
    CHECK(outcome("undefined_symbol").starts_with("plugin_symbol: stage 'load' of the probe: "));
    CHECK(outcome("bad_magic")
              .starts_with("handshake_failed: stage 'handshake' of the probe: its table"));
  }

  TEST_CASE("probe: what preflight refuses is refused here as well") {
    for (const auto& [file, code] : {std::pair{"unique_symbol", "gnu_unique_symbol: "},
                                     std::pair{"static_tls", "static_tls: "}}) {
      const auto report = probe(
          {.plugin = {}, .path = std::string(BACKPLANE_CORPUS "/") + file + ".so", .handlers = {}});
      CHECK(outcome(report).starts_with(std::string(code) + "stage 'load' of the probe: "));
    }
    const auto missing = probe({.plugin = {}, .path = "/nonexistent/x.so", .handlers = {}});
    CHECK(outcome(missing).starts_with("plugin_not_found: "));
  }

  TEST_CASE("probe: what the plugin itself refuses has its words, its stage and its backend") {
    CHECK(outcome("init_fails") ==
          "plugin_init_failed: stage 'init' of the probe: licence expired");
    CHECK(outcome("ctorfail") ==
          "backend_init_failed: stage 'create' of the probe, backend 'tag': model file missing");
    CHECK(outcome("unhealthy") ==
          "unhealthy: stage 'health' of the probe, backend 'tag': the accelerator does not answer");
    CHECK(outcome(probe(fixture("user_config_echo", {}, R"({"refuse":1})"))) ==
          "reconfigure_failed: stage 'create' of the probe, backend 'tag': '/refuse' is not known");
    CHECK(outcome(probe(fixture("count", {}, "{}"))).starts_with("not_reconfigurable: "));
    ProbeRequest other = fixture("count");
    other.handlers[0].handler = "amount";
    CHECK(outcome(probe(other)).starts_with("unknown_handler: "));
  }

  TEST_CASE("probe: each backend gets its own configuration, and the first that fails is named") {
    ProbeRequest request = fixture("user_config_echo", {}, R"({"fine":1})");
    request.handlers.push_back(request.handlers[0]);
    CHECK(outcome(probe(request)) == "passes");
    request.handlers[1].backend = "second";
    request.handlers[1].user_config_json = R"({"refuse":1})";
    CHECK(contains(outcome(probe(request)), "backend 'second': '/refuse'"));
  }

  TEST_CASE("46: a constructor that never returns is ended when its time is up") {
    check_out_of_time("hangs_in_create", "stage 'create' of the probe, backend 'tag'");
  }

  TEST_CASE("48, E14: a plugin that leaves threads behind passes, to be kept for ever") {
    CHECK(outcome("leaves_thread") == "passes will_pin leaves_threads");
  }

  TEST_CASE("probe: thread-locals hold a plugin only where the thread that touched them stays") {
    CHECK(outcome("thread_local_in_create") == "passes");
    CHECK(outcome("thread_local_in_init") == "passes will_pin");
  }

  TEST_CASE("E14: what would call a plugin after it was unmapped does so in the probe") {
    const std::string found = outcome("keeps_function");
    CHECK(found.starts_with(
        "plugin_probe_failed: stage 'unload' of the probe: it ended the process with "));
    // A sanitizer turns signals into exits.
    CHECK((kSanitized || contains(found, "SIGSEGV")));
  }

  TEST_CASE("49: a plugin that changes the process is refused, with what it changed") {
    const std::vector<std::pair<std::string, std::string>> sins{
        {"changes_locale",
         "stage 'create' of the probe, backend 'tag': it changed the process "
         "that it is in: the locale"},
        {"changes_float_mode",
         "stage 'create' of the probe, backend 'tag': it changed the process "
         "that it is in: the floating-point mode"},
        {"installs_signal_handler",
         "stage 'create' of the probe, backend 'tag': it changed the "
         "process that it is in: the handler of signal 15"},
        {"changes_working_directory",
         "stage 'load' of the probe: it changed the process that it is in: the working directory"},
        {"changes_signal_mask",
         "stage 'init' of the probe: it changed the process that it is in: the signal mask"},
        {"closes_standard_output",
         "stage 'init' of the probe: it changed the process that it is in: the standard streams"},
        {"closes_descriptors",
         "stage 'create' of the probe, backend 'tag': it closed, or wrote to, descriptors that are "
         "not its own"}};
    for (const auto& sin : sins) {
      CHECK(outcome(sin.first) == "plugin_env_tampering: " + sin.second);
    }
  }

  TEST_CASE("probe: a plugin that writes an answer of its own does not pass with it") {
    CHECK(outcome("writes_everywhere") ==
          "plugin_probe_failed: stage 'create' of the probe, backend 'tag': its answer cannot be "
          "read");
  }

  TEST_CASE("probe: a plugin that leaves no room for the answer does not pass") {
    CHECK(outcome("fills_descriptors") ==
          "plugin_env_tampering: stage 'create' of the probe, backend 'tag': it closed, or wrote "
          "to, descriptors that are not its own");
  }

  TEST_CASE("probe: what a plugin starts ends with the probe") {
    // So that what loses its parent becomes ours.
    REQUIRE(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0);
    CHECK(outcome("leaves_process") == "passes");
    int status = 0;
    REQUIRE(waitpid(-1, &status, 0) > 0);
    CHECK(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == SIGKILL);
    prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
  }

  TEST_CASE("probe: there is no way out to the network, other programs or other processes") {
    const auto attempt = [](const std::string& what) {
      return outcome(probe(fixture("reaches_out", "\"" + what + "\"")));
    };
    CHECK(contains(attempt("tcp"), "refused, Permission denied"));
    CHECK(contains(attempt("tcp6"), "refused, Permission denied"));
    CHECK(contains(attempt("unix"), "allowed"));
    CHECK(contains(attempt("kill parent"), "refused, Permission denied"));
    CHECK(contains(attempt("kill self"), "allowed"));
    CHECK(contains(attempt("exec"), "refused, Operation not permitted"));
    CHECK(contains(attempt("limits"), "cpu 5 core 0 files 256 privileges 1"));
    // A sanitizer needs more address space than a limit would leave.
    if (!kSanitized) CHECK(contains(attempt("memory"), "out of memory"));
  }
}

}  // namespace backplane::host
