#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "host/base/result.hpp"
#include "host/plugin/conformance_report.hpp"
#include "host/plugin/inspect_report.hpp"
#include "host/plugin/probe_report.hpp"
#include "host/plugin/trial_plan.hpp"
#include "host/plugin/trial_words.hpp"

namespace backplane::host {

// What was seen of one handler in a child that was made for it. A plain value.
struct HandlerTrialSeen {
  HandlerDescription handler;
  Result<ProbeReport> outcome;  // judge_probe()
  TrialNotes notes;
};

// What was seen of the reloads. A plain value.
struct ReloadTrialSeen {
  Result<ProbeReport> outcome;
  TrialNotes notes;
  bool timed_out = false;
};

// How much more a process may be after the last reload than after the one that
// settled_after() names.
inline constexpr ProcessSize kAllowedGrowth{.resident = std::uint64_t{1} << 20U,
                                            .heap = std::uint64_t{4} << 10U,
                                            .mappings = 8,
                                            .descriptors = 0};

// What few reloads need is lost in what anything needs.
inline constexpr std::uint32_t kFewestTellingReloads = 20;

// All of these are pure.

// Load; and process, where the plugin is refused for what it does to that.
std::vector<ConformanceResult> judge_load(const InspectReport& inspected);
// Create, answers, errors and batch of one handler.
std::vector<ConformanceResult> judge_handler(const TrialPlan& plan, const HandlerTrialSeen& seen);
// Process, threads and unload.
std::vector<ConformanceResult> judge_life(const InspectReport& inspected,
                                          std::span<const HandlerTrialSeen> handlers);
// Whether a handler can be made, answers, and leaves nothing behind: with such ones reloads make
// sense.
bool is_reloadable(const HandlerTrialSeen& seen);
// Reloads and memory.
std::vector<ConformanceResult> judge_reloads(std::uint32_t reloads, const ReloadTrialSeen& seen);
// Adds every check that is not among `results` as one that was left out, and puts all in order.
void complete_results(std::vector<ConformanceResult>& results, const std::string& why);

}  // namespace backplane::host
