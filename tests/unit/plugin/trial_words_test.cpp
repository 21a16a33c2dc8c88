#include "host/plugin/trial_words.hpp"

#include <cstdint>
#include <string>

#include <doctest/doctest.h>

#include "host/plugin/probe_answer.hpp"

namespace backplane::host {

TEST_SUITE("plugin") {
  TEST_CASE("trial: an answer is read as it was said") {
    const TrialAnswer told{.round = TrialRound::kMixed,
                           .request = {.bad = true, .number = 3},
                           .together = 64,
                           .answered = true,
                           .status = 400,
                           .fault = "none",
                           .digest = UINT64_MAX,
                           .text = "a \"quoted\" word"};
    const TrialNotes notes = read_trial(answer_line(told));
    REQUIRE(notes.answers.size() == 1);
    const TrialAnswer& read = notes.answers.front();
    CHECK(read.round == told.round);
    CHECK(read.request == told.request);
    CHECK(read.together == told.together);
    CHECK(read.answered);
    CHECK(read.status == told.status);
    CHECK(read.fault == told.fault);
    CHECK(read.digest == told.digest);
    CHECK(read.text == told.text);
  }

  TEST_CASE("trial: where a child is can be read, and what it has found") {
    const TrialNotes notes = read_trial(
        stage_line(ProbeStage::kRequests, "b") +
        asking_line(TrialRound::kAlone, {.bad = false, .number = 1}, 1) +
        asking_line(TrialRound::kBatch, {.bad = false, .number = 5}, 8) +
        breaches_line({.violations = 3, .double_completions = 2}) +
        reload_line(41, ProbeStage::kInit) + reload_line(42, ProbeStage::kUnload) +
        mark_line(
            {.reloads = 100, .size = {.resident = 1, .heap = 2, .mappings = 3, .descriptors = 4}}));
    CHECK(notes.stage == ProbeStage::kRequests);
    REQUIRE(notes.asking.has_value());
    CHECK(notes.asking->round == TrialRound::kBatch);
    CHECK(notes.asking->request.number == 5);
    CHECK(notes.asking->together == 8);
    REQUIRE(notes.breaches.has_value());
    CHECK(notes.breaches->violations == 3);
    CHECK(notes.breaches->double_completions == 2);
    CHECK(notes.reload == 42);
    CHECK(notes.reload_stage == ProbeStage::kUnload);
    REQUIRE(notes.marks.size() == 1);
    CHECK(notes.marks[0].reloads == 100);
    CHECK(notes.marks[0].size.resident == 1);
    CHECK(notes.marks[0].size.heap == 2);
    CHECK(notes.marks[0].size.mappings == 3);
    CHECK(notes.marks[0].size.descriptors == 4);
  }

  TEST_CASE("trial: what is no line of one, or not whole, is left out") {
    const std::string whole = mark_line({});
    CHECK(read_trial(whole.substr(0, whole.size() - 1)).marks.empty());
    for (const std::string said :
         {"", "\n", "{}\n", "[]\n", "{\"trial\":1}\n", "{\"trial\":\"answer\",\"round\":\"no\"}\n",
          "{\"trial\":\"mark\"\n", "\xff\n"}) {
      const TrialNotes notes = read_trial(said);
      CHECK(notes.answers.empty());
      CHECK(notes.marks.empty());
      CHECK_FALSE(notes.asking.has_value());
    }
    CHECK(read_trial("{\"trial\":\"mark\",\"number\":-5}\n").marks[0].reloads == 0);
  }
}

}  // namespace backplane::host
