#include "host/plugin/conformance_run.hpp"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "host/plugin/probe_runner.hpp"
#include "tests/support/growing_limit.hpp"
#include "tests/support/sanitized.hpp"
#include "tests/unit/plugin/temporary_directory.hpp"

// What test-plugin says of plugins with one sin each (tests/plugins); of good ones its program says
// it, in a test for each plugin of plugins/.
namespace backplane::host {
namespace {

using Check = ConformanceCheck;

ConformanceOptions quick() {
  ConformanceOptions options;
  options.samples = {"1", "{}", "[1,2]"};
  options.reloads = 0;
  options.probe_program = ProbeRunner::program_beside_this();
  return options;
}

ConformanceReport report_on(const std::string& fixture,
                            const ConformanceOptions& options = quick()) {
  auto report = test_conformance(BACKPLANE_TEST_PLUGINS "/" + fixture + ".so", options);
  REQUIRE(report.ok());
  return std::move(report).value();
}

// "check: reason" of all that failed.
std::string failures(const ConformanceReport& report) {
  std::string text;
  for (const ConformanceResult& one : report.results) {
    if (one.verdict != Verdict::kFail) continue;
    text += (text.empty() ? "" : "\n") + std::string(word_of(one.check)) + ": " + one.reason;
  }
  return text;
}

// That `check` alone fails, and says `words`.
void check_fails(const std::string& fixture, Check check, std::string_view words,
                 const ConformanceOptions& options = quick()) {
  const std::string found = failures(report_on(fixture, options));
  CAPTURE(fixture);
  CAPTURE(found);
  CHECK(found.starts_with(std::string(word_of(check)) + ": "));
  CHECK(found.find('\n') == std::string::npos);
  CHECK(found.find(words) != std::string::npos);
}

ConformanceOptions with_reloads(std::uint32_t reloads) {
  ConformanceOptions options = quick();
  options.reloads = reloads;
  return options;
}

}  // namespace

TEST_SUITE("plugin") {
  TEST_CASE("test-plugin: a plugin that does nothing wrong passes, reloads and all") {
    std::uint32_t seen = 0;
    ConformanceOptions options = with_reloads(60);
    options.progress = [&seen](std::uint32_t done) { seen = done; };
    const ConformanceReport report = report_on("reversed", options);
    CHECK(failures(report).empty());
    CHECK(report.passed());
    CHECK(seen <= 60);
    for (const ConformanceResult& one : report.results) {
      CAPTURE(one.reason);
      const bool hidden = kSanitized && one.check == Check::kMemory;
      CHECK(one.verdict == (hidden ? Verdict::kSkipped : Verdict::kPass));
    }
  }

  TEST_CASE("test-plugin: a plugin that ends its process fails where it does, and ends no other") {
    const std::string_view signal = kSanitized ? "ended the process" : "SIGSEGV";
    check_fails("crashes_in_create", Check::kCreate, signal);
    check_fails("crash", Check::kAnswers, signal);
    check_fails("throws_in_static_constructor", Check::kLoad, "stage 'load'");
    check_fails("deep_recursion", Check::kErrors, "100,000 nested arrays");
  }

  TEST_CASE("test-plugin: a plugin that hangs is ended in time") {
    struct Hang {
      std::string plugin;
      std::string check;
      std::string words;
    };
    for (const Hang& hang : {Hang{"hangs_in_create", "create: ", "did not end in time"},
                             Hang{"keeps_calls", "answers: ", "no answer in time"}}) {
      CAPTURE(hang.plugin);
      std::string found;
      with_growing_limit(std::chrono::milliseconds(1500), [&](std::chrono::milliseconds limit) {
        ConformanceOptions options = quick();
        options.time_limit = limit;
        found = failures(report_on(hang.plugin, options));
        return found.starts_with(hang.check) && found.find(hang.words) != std::string::npos;
      });
      CHECK_MESSAGE(found.starts_with(hang.check), found);
      CHECK_MESSAGE(found.find('\n') == std::string::npos, found);
      CHECK_MESSAGE(found.find(hang.words) != std::string::npos, found);
    }
  }

  TEST_CASE("test-plugin: a constructor that refuses fails by its own words") {
    check_fails("ctorfail", Check::kCreate, "model file missing");
    check_fails("unhealthy", Check::kCreate, "accelerator");
  }

  TEST_CASE("test-plugin: requests that are not answered once are found, alone or together") {
    check_fails("completes_twice", Check::kAnswers, "times a request was completed");
    check_fails("half_batch", Check::kBatch, "returned without an answer");
    const std::string never = failures(report_on("never_completes"));
    CHECK(never.starts_with("answers: sample 1 (1): 500"));
    CHECK(never.find("\nerrors: ") != std::string::npos);
  }

  TEST_CASE("test-plugin: answers that depend on the batch are found, whoever is in it") {
    check_fails("bitem", Check::kBatch, "alone: 200 'item 1'; in a call of 64: 200 'item 2'");
    check_fails("poisoned_batch", Check::kBatch, "beside one that is refused: 400 'an object'");
  }

  TEST_CASE("test-plugin: what a refused request spoils is found") {
    check_fails("changes_after_error", Check::kErrors, "after bad bodies: 200 'spoiled'");
  }

  TEST_CASE("test-plugin: what is left behind is found") {
    check_fails("leaves_thread", Check::kThreads, "'leaves_thread', threads of it run on");
    check_fails("stays", Check::kUnload, "stays in memory");
    check_fails("changes_locale", Check::kProcess, "the locale");
    check_fails("changes_working_directory", Check::kProcess, "the working directory");
    check_fails("installs_signal_handler", Check::kProcess, "the handler of signal");
  }

  TEST_CASE("test-plugin: what each reload keeps is found") {
    if (kSanitized) return;  // their own memory hides it
    check_fails("leaks_memory", Check::kMemory, "bytes for each reload", with_reloads(60));
    check_fails("leaks_descriptor", Check::kMemory, "descriptors +30", with_reloads(60));
  }

  TEST_CASE("test-plugin: reloads that come to an end of something say how far they came") {
    const std::string found = failures(report_on("leaks_descriptor", with_reloads(400)));
    CAPTURE(found);
    CHECK(found.starts_with("reloads: 2"));
    CHECK(found.find(" of 400 reloads went well; stage 'load' of reload 2") != std::string::npos);
  }

  TEST_CASE(
      "test-plugin: a file or handler that is not there is told, and what a handler refuses") {
    check_fails("missing", Check::kLoad, "plugin_not_found");
    ConformanceOptions options = quick();
    options.init_json["nobody"] = "{}";
    const auto report = test_conformance(BACKPLANE_TEST_PLUGINS "/reversed.so", options);
    REQUIRE_FALSE(report.ok());
    CHECK(report.error().reason() == "unknown_handler");
    options = quick();
    options.init_json["hello"] = R"({"a":1})";
    auto refused = test_conformance(BACKPLANE_HELLO_PLUGIN, options);
    REQUIRE(refused.ok());
    CHECK(failures(refused.value()).find("takes no constructor arguments (init)") !=
          std::string::npos);
  }

  TEST_CASE("test-plugin: nothing is left of its copies") {
    const TemporaryDirectory folder;
    setenv("TMPDIR", folder.path().c_str(), 1);
    CHECK(report_on("reversed", with_reloads(2)).passed());
    CHECK(failures(report_on("crash")).starts_with("answers: "));
    CHECK(std::filesystem::is_empty(folder.path()));
    unsetenv("TMPDIR");
  }
}

}  // namespace backplane::host
