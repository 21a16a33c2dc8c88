#include "host/plugin/probe_answer.hpp"

#include <chrono>
#include <csignal>
#include <cstddef>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "host/plugin/trial_words.hpp"

namespace backplane::host {
namespace {

constexpr std::chrono::milliseconds kLimit{250};
constexpr ProbeEnding kGood{.exit_status = 0};

ProbeEnding by_signal(int signal) {
  return {.exit_status = std::nullopt, .signal = signal};
}

// Reason and message of the refusal; empty when there is none.
std::string refusal(const std::string& said, const ProbeEnding& ending) {
  const auto report = judge_probe(said, ending, kLimit);
  if (report.ok()) return {};
  CHECK(report.error().code() == ErrorCode::kInvalidArgument);
  return std::string(report.error().reason()) + ": " + report.error().message();
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

const std::string all_stages = [] {
  std::string said;
  for (const ProbeStage stage : {ProbeStage::kLoad, ProbeStage::kHandshake, ProbeStage::kInit}) {
    said += stage_line(stage);
  }
  for (const ProbeStage stage : {ProbeStage::kCreate, ProbeStage::kHealth, ProbeStage::kDestroy}) {
    said += stage_line(stage, "tag");
  }
  return said + stage_line(ProbeStage::kDeinit) + stage_line(ProbeStage::kUnload);
}();

}  // namespace

TEST_SUITE("plugin") {
  TEST_CASE("ProbeStage: every word leads back to its stage, and no other word to any") {
    for (const ProbeStage stage :
         {ProbeStage::kLoad, ProbeStage::kHandshake, ProbeStage::kInit, ProbeStage::kCreate,
          ProbeStage::kHealth, ProbeStage::kRequests, ProbeStage::kDestroy, ProbeStage::kDeinit,
          ProbeStage::kUnload}) {
      CHECK(probe_stage_of(word_of(stage)) == stage);
    }
    CHECK_FALSE(probe_stage_of("start").has_value());
  }

  TEST_CASE("judge_probe: what is said of a trial is passed over, but for where it is") {
    const std::string asked = asking_line(TrialRound::kAlone, {}, 1);
    CHECK(refusal(asked + report_line({}), kGood).empty());
    const std::string reloading = reload_line(57, ProbeStage::kDestroy) + mark_line({});
    CHECK(refusal(reloading, by_signal(SIGSEGV)) ==
          "plugin_probe_failed: stage 'destroy' of reload 57: it ended the process with signal "
          "SIGSEGV (Segmentation fault)");
  }

  TEST_CASE("judge_probe: a report that was written is read, with every handler") {
    ProbeReport told;
    told.handlers = {{.name = "a", .version = "1.2.3"},
                     {.name = "b",
                      .version = "2.0.0",
                      .max_batch = 8,
                      .stateless = true,
                      .never_blocks = true,
                      .reconfigurable = true}};
    told.warnings = {std::string(kWillPin), std::string(kLeavesThreads)};
    const auto report = judge_probe(all_stages + report_line(told), kGood, kLimit);
    REQUIRE(report.ok());
    REQUIRE(report.value().handlers.size() == 2);
    const HandlerDescription& b = report.value().handlers[1];
    CHECK(report.value().handlers[0].name == "a");
    CHECK(report.value().handlers[0].max_batch == 1);
    CHECK_FALSE(report.value().handlers[0].stateless);
    CHECK(b.name == "b");
    CHECK(b.version == "2.0.0");
    CHECK(b.max_batch == 8);
    CHECK(b.stateless);
    CHECK(b.never_blocks);
    CHECK(b.reconfigurable);
    CHECK(report.value().warnings == told.warnings);
  }

  TEST_CASE("judge_probe: a refusal keeps its reason and words, and names stage and backend") {
    const std::string said =
        stage_line(ProbeStage::kLoad) + stage_line(ProbeStage::kCreate, "canary") +
        error_line(Error(ErrorCode::kInvalidArgument, "backend_init_failed", "no model"));
    CHECK(refusal(said, kGood) ==
          "backend_init_failed: stage 'create' of the probe, backend 'canary': no model");
    // A stage without a backend has left the one before.
    CHECK(refusal(said.substr(0, said.find("{\"error")) + stage_line(ProbeStage::kDeinit), kGood) ==
          "plugin_probe_failed: stage 'deinit' of the probe: it ended the process with exit status "
          "0");
  }

  TEST_CASE("judge_probe: a child that ends without a word is judged by how it ended") {
    const std::string loading = stage_line(ProbeStage::kLoad);
    CHECK(refusal(loading, by_signal(SIGSEGV)) ==
          "plugin_probe_failed: stage 'load' of the probe: it ended the process with signal "
          "SIGSEGV (Segmentation fault)");
    CHECK(contains(refusal(loading, by_signal(SIGXCPU)), "CPU time limit"));
    CHECK(contains(refusal(loading, by_signal(SIGRTMIN + 1)), "signal 35"));
    CHECK(refusal("", {.exit_status = 3}) ==
          "plugin_probe_failed: stage 'start' of the probe: it ended the process with exit status "
          "3");
    const ProbeEnding late{.exit_status = std::nullopt, .signal = SIGKILL, .timed_out = true};
    CHECK(refusal(loading, late) ==
          "plugin_probe_failed: stage 'load' of the probe: it did not end in time (250 ms)");
    CHECK(contains(refusal(loading, {.exit_status = kExitSpeechless}), "plugin_env_tampering"));
  }

  TEST_CASE("judge_probe: what was said before a kill counts") {
    const ProbeEnding late{.exit_status = std::nullopt, .signal = SIGKILL, .timed_out = true};
    CHECK(judge_probe(all_stages + report_line({}), late, kLimit).ok());
    CHECK(contains(refusal(stage_line(ProbeStage::kInit) +
                               error_line({ErrorCode::kInternal, "plugin_init_failed", "no"}),
                           late),
                   "plugin_init_failed"));
  }

  TEST_CASE("judge_probe: no answer of a hostile child passes or is repeated at length") {
    for (const std::string& line : std::vector<std::string>{
             "junk", "{}", "[]", "", "7", std::string(5000, '['), R"({"stage":"lunch"})",
             R"({"stage":7})", R"({"report":{}})", R"({"report":7})",
             R"({"report":{"handlers":[{}],"warnings":[]}})",
             R"({"report":{"handlers":[{"name":"a","max_batch":-1}],"warnings":[]}})",
             R"({"error":7})", R"({"error":{"reason":"ok","message":"x"}})"}) {
      CAPTURE(line);
      CHECK(refusal(line + "\n", kGood).starts_with("plugin_probe_failed: "));
    }
    const std::string whole = report_line({});
    for (const std::size_t length : {std::size_t{20}, whole.size() - 1}) {
      CAPTURE(length);
      CHECK(refusal(whole.substr(0, length), kGood).starts_with("plugin_probe_failed: "));
    }
    ProbeReport told;
    told.handlers.resize(257, {.name = "a", .version = "1"});
    CHECK_FALSE(judge_probe(report_line(told), kGood, kLimit).ok());
    const std::string flood =
        refusal(error_line({ErrorCode::kInternal, "unhealthy", std::string(100'000, 'x')}), kGood);
    CHECK(flood.starts_with("unhealthy: "));
    CHECK(flood.size() < 1100);
  }

  TEST_CASE("judge_probe: unknown warnings and control characters in names go no further") {
    const auto report = judge_probe(
        "{\"report\":{\"handlers\":[{\"name\":\"a\\u001b[2J\",\"version\":\"1\",\"max_batch\":1}],"
        "\"warnings\":[\"x\",7,\"will_pin\",\"will_pin\"]}}\n",
        kGood, kLimit);
    REQUIRE(report.ok());
    CHECK(report.value().handlers[0].name == "a?[2J");
    CHECK(report.value().warnings == std::vector<std::string>{"will_pin"});
  }

  TEST_CASE("error_line: words that are not UTF-8 arrive as UTF-8, cut between characters") {
    std::string words(999, 'x');
    words += "\xc3\xa4";  // the second byte is one too many
    const std::string said = stage_line(ProbeStage::kInit) +
                             error_line({ErrorCode::kInternal, "plugin_init_failed", words});
    CHECK(refusal(said, kGood).ends_with("xx"));
    CHECK(contains(refusal(error_line({ErrorCode::kInternal, "unhealthy", "\xff"}), kGood),
                   "\xef\xbf\xbd"));
  }
}

}  // namespace backplane::host
