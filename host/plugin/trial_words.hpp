#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/plugin/probe_stage.hpp"
#include "host/plugin/process_size.hpp"
#include "host/plugin/trial_plan.hpp"

namespace backplane::host {

// What a child that runs a trial says beside what every probe says (probe_answer.hpp): lines of
// one JSON object each, which judge_probe() passes over.

// What the plugin did against the contract, as the host counts it. A plain value.
struct TrialBreaches {
  std::uint64_t violations = 0;
  std::uint64_t double_completions = 0;
};

// How large the process was after so many reloads. A plain value.
struct ReloadMark {
  std::uint32_t reloads = 0;
  ProcessSize size;
};

// [any] Before a call of `together` requests, the first of which is `request`.
std::string asking_line(TrialRound round, const TrialRequest& request, std::size_t together);
std::string answer_line(const TrialAnswer& answer);
std::string breaches_line(const TrialBreaches& breaches);
// [any] Before each stage of each reload, which is numbered from 1.
std::string reload_line(std::uint32_t number, ProbeStage stage);
std::string mark_line(const ReloadMark& mark);

// What a child has said of a trial so far. A plain value; the plugin may have had a hand in it.
struct TrialNotes {
  std::optional<ProbeStage> stage{};    // the last that was entered
  std::optional<TrialAnswer> asking{};  // round, request and size of the last call; no answer
  std::vector<TrialAnswer> answers{};
  std::optional<TrialBreaches> breaches{};
  std::uint32_t reload = 0;  // the number of the last one that was begun
  std::optional<ProbeStage> reload_stage{};
  std::vector<ReloadMark> marks{};
};

// [any] Reads whole lines; what is none of the above is left out.
TrialNotes read_trial(std::string_view said);

}  // namespace backplane::host
