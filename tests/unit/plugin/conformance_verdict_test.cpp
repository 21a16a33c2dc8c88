#include "host/plugin/conformance_verdict.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

using Check = ConformanceCheck;
using Round = TrialRound;

constexpr std::uint64_t kHeap = std::uint64_t{1} << 20U;

TrialAnswer answer(Round round, std::uint32_t number, std::uint32_t status, std::uint64_t digest,
                   std::uint32_t together = 1) {
  return {.round = round,
          .request = {.bad = round == Round::kBad, .number = number},
          .together = together,
          .status = status,
          .fault = "none",
          .digest = digest,
          .text = "text " + std::to_string(digest)};
}

TrialPlan plan() {
  return {.samples = {"1", "{}"}};
}

// A handler that does all right: its first sample is answered well, its second refused.
HandlerTrialSeen good(std::uint32_t max_batch = 1) {
  HandlerTrialSeen seen{
      .handler = {.name = "h", .version = "1", .max_batch = max_batch},
      .outcome = ProbeReport(),
      .notes = {.stage = ProbeStage::kUnload,
                .asking = answer(Round::kAfter, 0, 0, 0),
                .answers = {answer(Round::kAlone, 0, 200, 5), answer(Round::kAlone, 1, 400, 6),
                            answer(Round::kAgain, 0, 200, 5), answer(Round::kAgain, 1, 400, 6),
                            answer(Round::kBad, 0, 400, 6)},
                .breaches = TrialBreaches()}};
  if (max_batch > 1) {
    seen.notes.answers.push_back(answer(Round::kBatch, 0, 200, 5, max_batch));
    seen.notes.answers.push_back(answer(Round::kMixed, 0, 200, 5, max_batch));
    seen.notes.answers.push_back(answer(Round::kMixed, 1, 400, 6, max_batch));
  }
  seen.notes.answers.push_back(answer(Round::kAfter, 0, 200, 5));
  return seen;
}

// One whose child ended in `stage`, at the last call in `round` if that is where it was.
HandlerTrialSeen ended(ProbeStage stage, Round round, std::size_t answers,
                       const char* reason = "plugin_probe_failed") {
  HandlerTrialSeen seen = good(8);
  seen.outcome = Error(ErrorCode::kInvalidArgument, reason, "it ended so");
  seen.notes.stage = stage;
  seen.notes.answers.resize(answers);
  seen.notes.asking.reset();
  seen.notes.breaches.reset();
  if (answers > 0 || stage == ProbeStage::kRequests) {
    seen.notes.asking = answer(round, 0, 0, 0, round == Round::kBatch ? 8 : 1);
  }
  return seen;
}

// "PASS", "FAIL: reason" or "SKIPPED" of `check`.
std::string verdict(const std::vector<ConformanceResult>& results, Check check) {
  const auto found =
      std::find_if(results.begin(), results.end(),
                   [check](const ConformanceResult& one) { return one.check == check; });
  REQUIRE(found != results.end());
  CHECK_FALSE(found->reason.empty());
  std::string text(word_of(found->verdict));
  if (found->verdict == Verdict::kFail) text += ": " + found->reason;
  return text;
}

std::string verdict(const HandlerTrialSeen& seen, Check check) {
  return verdict(judge_handler(plan(), seen), check);
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

InspectReport inspected(std::vector<PreflightWarning> warnings = {}) {
  InspectReport report;
  report.file = "x.so";
  report.warnings = std::move(warnings);
  return report;
}

ReloadTrialSeen reloads(const ProcessSize& growth) {
  const ProcessSize before{.resident = 10 * kHeap, .heap = kHeap, .mappings = 50, .descriptors = 4};
  return {.outcome = ProbeReport(),
          .notes = {.reload = 1000,
                    .marks = {{.reloads = 100, .size = before},
                              {.reloads = 1000,
                               .size = {.resident = before.resident + growth.resident,
                                        .heap = before.heap + growth.heap,
                                        .mappings = before.mappings + growth.mappings,
                                        .descriptors = before.descriptors + growth.descriptors}}}}};
}

}  // namespace

TEST_SUITE("plugin") {
  TEST_CASE("conformance: a handler that does all right passes, a batch it does not take aside") {
    const auto single = judge_handler(plan(), good());
    CHECK(verdict(single, Check::kCreate) == "PASS");
    CHECK(verdict(single, Check::kAnswers) == "PASS");
    CHECK(verdict(single, Check::kErrors) == "PASS");
    CHECK(verdict(single, Check::kBatch) == "SKIPPED");
    CHECK(verdict(good(8), Check::kBatch) == "PASS");
  }

  TEST_CASE("conformance: an answer that a batch changes is shown as it is and as it was") {
    HandlerTrialSeen seen = good(8);
    seen.notes.answers[5].digest = 77;
    seen.notes.answers[5].text = "other";
    const std::string found = verdict(seen, Check::kBatch);
    CHECK(contains(found, "FAIL: sample 1 (1) alone: 200 'text 5'; in a call of 8: 200 'other'"));
    CHECK(verdict(seen, Check::kAnswers) == "PASS");
  }

  TEST_CASE("conformance: a refused request may not fail those beside it") {
    HandlerTrialSeen seen = good(8);
    seen.notes.answers[6] = answer(Round::kMixed, 0, 400, 6, 8);
    CHECK(contains(verdict(seen, Check::kBatch), "FAIL: sample 1 (1) alone: 200 'text 5'; beside"));
  }

  TEST_CASE("conformance: where answers differ anyway, or none is good, batches are not compared") {
    HandlerTrialSeen counting = good(8);
    counting.notes.answers[2].digest = 55;
    counting.notes.answers[5].digest = 56;
    CHECK(verdict(counting, Check::kBatch) == "SKIPPED");
    HandlerTrialSeen refusing = good(8);
    for (TrialAnswer& one : refusing.notes.answers) one.status = 400;
    CHECK(verdict(refusing, Check::kBatch) == "SKIPPED");
    const auto results = judge_handler(plan(), refusing);
    CHECK(contains(results[1].reason, "--request"));
  }

  TEST_CASE("conformance: a request without an answer of the handler's own fails its round") {
    for (const auto& [place, check] : {std::pair{0, Check::kAnswers},
                                       {4, Check::kErrors},
                                       {5, Check::kBatch},
                                       {8, Check::kErrors}}) {
      for (const char* fault : {"handler_contract", "batch_size_mismatch", "bad_handler_response",
                                "response_too_large"}) {
        HandlerTrialSeen seen = good(8);
        seen.notes.answers[static_cast<std::size_t>(place)].fault = fault;
        seen.notes.answers[static_cast<std::size_t>(place)].status = 500;
        seen.notes.breaches = {.violations = 1, .double_completions = 0};
        CHECK(contains(verdict(seen, check), fault));
        CHECK((check == Check::kAnswers || verdict(seen, Check::kAnswers) == "PASS"));
      }
    }
    HandlerTrialSeen late = ended(ProbeStage::kRequests, Round::kBad, 5);
    late.notes.answers.back().answered = false;
    CHECK(contains(verdict(late, Check::kErrors), "no answer in time"));
  }

  TEST_CASE("conformance: services that were misused are told, where no answer shows it") {
    HandlerTrialSeen seen = good();
    seen.notes.breaches = {.violations = 0, .double_completions = 3};
    CHECK(contains(verdict(seen, Check::kAnswers), "FAIL: 3 times a request was completed"));
    seen.notes.breaches = {.violations = 2, .double_completions = 0};
    CHECK(contains(verdict(seen, Check::kAnswers), "FAIL: 2 times a service"));
  }

  TEST_CASE("conformance: what bad bodies leave behind is found") {
    HandlerTrialSeen seen = good();
    seen.notes.answers.back().digest = 6;
    seen.notes.answers.back().text = "spoiled";
    CHECK(contains(verdict(seen, Check::kErrors), "after bad bodies: 200 'spoiled'"));
  }

  TEST_CASE(
      "conformance: an end of the process is blamed on what it was doing, and on that alone") {
    const auto at_create = judge_handler(plan(), ended(ProbeStage::kCreate, Round::kAlone, 0));
    CHECK(contains(verdict(at_create, Check::kCreate), "FAIL: it ended so"));
    CHECK(verdict(at_create, Check::kAnswers) == "SKIPPED");
    CHECK(verdict(at_create, Check::kBatch) == "SKIPPED");

    const auto alone = judge_handler(plan(), ended(ProbeStage::kRequests, Round::kAlone, 0));
    CHECK(verdict(alone, Check::kCreate) == "PASS");
    CHECK(verdict(alone, Check::kAnswers) == "FAIL: sample 1 (1): it ended so");
    CHECK(verdict(alone, Check::kErrors) == "SKIPPED");

    const auto batch = judge_handler(plan(), ended(ProbeStage::kRequests, Round::kBatch, 5));
    CHECK(verdict(batch, Check::kAnswers) == "PASS");
    CHECK(verdict(batch, Check::kErrors) == "PASS");
    CHECK(verdict(batch, Check::kBatch) == "FAIL: sample 1 (1) in a call of 8: it ended so");

    const auto later = judge_handler(plan(), ended(ProbeStage::kDestroy, Round::kAfter, 9));
    CHECK(contains(verdict(later, Check::kCreate), "FAIL"));
    CHECK(verdict(later, Check::kAnswers) == "PASS");
    CHECK(verdict(later, Check::kBatch) == "PASS");
  }

  TEST_CASE("conformance: numbers that no child of ours would say do no harm") {
    HandlerTrialSeen seen = good(8);
    for (TrialAnswer& one : seen.notes.answers) {
      one.request.number += 1000;
      one.fault = "handler_contract";
    }
    CHECK(contains(verdict(seen, Check::kErrors), "FAIL: a bad body: "));
    CHECK(contains(verdict(seen, Check::kAnswers), "FAIL: sample 1001: "));
  }

  TEST_CASE("conformance: a plugin that a host refuses fails by the host's words") {
    InspectReport refused = inspected();
    refused.refusal = Error(ErrorCode::kInvalidArgument, "not_elf", "is no ELF file");
    CHECK(contains(verdict(judge_load(refused), Check::kLoad), "FAIL: not_elf: is no ELF file. "));
    refused.refusal = Error(ErrorCode::kInvalidArgument, "plugin_env_tampering", "the locale");
    CHECK(verdict(judge_load(refused), Check::kLoad) == "PASS");
    CHECK(contains(verdict(judge_load(refused), Check::kProcess), "FAIL: the locale"));
    CHECK(verdict(judge_load(inspected()), Check::kLoad) == "PASS");
  }

  TEST_CASE("conformance: what stays behind is told with who was at work") {
    const auto well = judge_life(inspected(), std::vector{good()});
    CHECK(verdict(well, Check::kProcess) == "PASS");
    CHECK(verdict(well, Check::kThreads) == "PASS");
    CHECK(verdict(well, Check::kUnload) == "PASS");

    HandlerTrialSeen threads = good();
    threads.outcome = ProbeReport{.handlers = {}, .warnings = {"will_pin", "leaves_threads"}};
    CHECK_FALSE(is_reloadable(threads));
    const auto left = judge_life(inspected(), std::vector{good(), threads});
    CHECK(contains(verdict(left, Check::kThreads), "FAIL: after it was used by handler 'h'"));
    CHECK(verdict(left, Check::kUnload) == "SKIPPED");

    const auto stays = judge_life(inspected({{"will_pin", "stays"}}), std::vector{good()});
    CHECK(contains(verdict(stays, Check::kUnload), "FAIL: after it was loaded, it stays"));
    CHECK(verdict(stays, Check::kThreads) == "PASS");
  }

  TEST_CASE("conformance: of what no handler lived to see, nothing is said") {
    const std::vector<HandlerTrialSeen> crashed{ended(ProbeStage::kCreate, Round::kAlone, 0)};
    const auto life = judge_life(inspected(), crashed);
    CHECK(verdict(life, Check::kProcess) == "SKIPPED");
    CHECK(verdict(life, Check::kThreads) == "SKIPPED");
    CHECK(verdict(life, Check::kUnload) == "SKIPPED");
    CHECK_FALSE(is_reloadable(crashed.front()));
    CHECK(contains(
        verdict(judge_life(inspected(), std::vector{ended(ProbeStage::kUnload, Round::kAfter, 9)}),
                Check::kUnload),
        "FAIL: it ended so"));
    CHECK(contains(
        verdict(judge_life(inspected(), std::vector{ended(ProbeStage::kRequests, Round::kAfter, 9,
                                                          "plugin_env_tampering")}),
                Check::kProcess),
        "FAIL: it ended so"));
  }

  TEST_CASE("conformance: reloads may cost what is allowed, and nothing more of anything") {
    const auto flat = judge_reloads(1000, reloads(kAllowedGrowth));
    CHECK(verdict(flat, Check::kReloads) == "PASS");
    if (!process_size_is_telling()) return;
    CHECK(verdict(flat, Check::kMemory) == "PASS");
    for (const ProcessSize& one :
         {ProcessSize{.resident = kAllowedGrowth.resident + 1},
          ProcessSize{.heap = kAllowedGrowth.heap + 1},
          ProcessSize{.mappings = kAllowedGrowth.mappings + 1}, ProcessSize{.descriptors = 1}}) {
      CHECK(contains(verdict(judge_reloads(1000, reloads(one)), Check::kMemory), "FAIL"));
    }
    const auto leak = judge_reloads(1000, reloads({.heap = 57'600}));
    CHECK(contains(verdict(leak, Check::kMemory), "64 bytes for each reload"));
    CHECK(verdict(judge_reloads(kFewestTellingReloads - 1, reloads({})), Check::kMemory) ==
          "SKIPPED");
  }

  TEST_CASE("conformance: reloads that end early say how far they came") {
    ReloadTrialSeen seen = reloads({});
    seen.outcome = Error(ErrorCode::kInvalidArgument, "plugin_probe_failed", "it ended so");
    seen.notes.reload = 57;
    CHECK(contains(verdict(judge_reloads(1000, seen), Check::kReloads),
                   "FAIL: 56 of 1000 reloads went well; it ended so"));
    seen.timed_out = true;
    CHECK(contains(verdict(judge_reloads(1000, seen), Check::kReloads), "--timeout"));
  }

  TEST_CASE("conformance: every check has a result in the end, in their order") {
    std::vector<ConformanceResult> results{{Check::kUnload, "", Verdict::kPass, "r"},
                                           {Check::kBatch, "b", Verdict::kFail, "r"},
                                           {Check::kBatch, "a", Verdict::kPass, "r"},
                                           {Check::kLoad, "", Verdict::kPass, "r"}};
    complete_results(results, "why not");
    REQUIRE(results.size() == 11);
    CHECK(std::is_sorted(
        results.begin(), results.end(),
        [](const ConformanceResult& a, const ConformanceResult& b) { return a.check < b.check; }));
    CHECK(results[4].handler == "b");
    CHECK(results.back().check == Check::kMemory);
    CHECK(results.back().verdict == Verdict::kSkipped);
    CHECK(results.back().reason == "why not");
  }
}

}  // namespace backplane::host
