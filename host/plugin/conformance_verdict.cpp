#include "host/plugin/conformance_verdict.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include "host/plugin/preflight_code.hpp"
#include "host/plugin/reload_trial.hpp"

namespace backplane::host {
namespace {

using Check = ConformanceCheck;

constexpr std::string_view kTampering = "plugin_env_tampering";

ConformanceResult result(Check check, Verdict verdict, std::string reason) {
  return {check, {}, verdict, std::move(reason)};
}

// What `error` says, and what to do about it.
std::string words_of(const Error& error) {
  const std::string_view advice = advice_for(error.reason());
  if (advice.empty()) return error.message();
  return error.message() + ". " + std::string(advice);
}

bool has_warning(const InspectReport& report, std::string_view code) {
  return std::any_of(report.warnings.begin(), report.warnings.end(),
                     [code](const PreflightWarning& one) { return one.code == code; });
}

bool has_warning(const HandlerTrialSeen& seen, std::string_view code) {
  if (!seen.outcome.ok()) return false;
  const auto& warnings = seen.outcome.value().warnings;
  return std::find(warnings.begin(), warnings.end(), code) != warnings.end();
}

// What was done with the plugin when it showed `code`; empty when it did not.
std::string where_seen(std::string_view code, const InspectReport& inspected,
                       std::span<const HandlerTrialSeen> handlers) {
  if (has_warning(inspected, code)) return "loaded";
  for (const HandlerTrialSeen& seen : handlers) {
    if (has_warning(seen, code)) return "used by handler '" + seen.handler.name + "'";
  }
  return {};
}

bool any_ended_well(std::span<const HandlerTrialSeen> handlers) {
  return std::any_of(handlers.begin(), handlers.end(),
                     [](const HandlerTrialSeen& seen) { return seen.outcome.ok(); });
}

ConformanceResult judge_process(std::span<const HandlerTrialSeen> handlers) {
  for (const HandlerTrialSeen& seen : handlers) {
    if (seen.outcome.ok() || seen.outcome.error().reason() != kTampering) continue;
    return result(Check::kProcess, Verdict::kFail, words_of(seen.outcome.error()));
  }
  if (!any_ended_well(handlers)) {
    return result(Check::kProcess, Verdict::kSkipped, "not reached: no handler came to its end");
  }
  return result(Check::kProcess, Verdict::kPass,
                "locale, working directory, umask, limits, signals, standard streams and "
                "floating-point mode are as before");
}

ConformanceResult judge_threads(const InspectReport& inspected,
                                std::span<const HandlerTrialSeen> handlers) {
  const std::string where = where_seen(kLeavesThreads, inspected, handlers);
  if (!where.empty()) {
    return result(Check::kThreads, Verdict::kFail,
                  "after it was " + where + ", threads of it run on behind its deinit. " +
                      std::string(advice_for(kLeavesThreads)));
  }
  if (!any_ended_well(handlers)) {
    return result(Check::kThreads, Verdict::kSkipped, "not reached: no handler came to its end");
  }
  return result(Check::kThreads, Verdict::kPass, "none of its threads runs on after deinit");
}

ConformanceResult judge_unload(const InspectReport& inspected,
                               std::span<const HandlerTrialSeen> handlers) {
  for (const HandlerTrialSeen& seen : handlers) {
    const auto stage = seen.notes.stage;
    const bool at_the_end = stage == ProbeStage::kDeinit || stage == ProbeStage::kUnload;
    if (seen.outcome.ok() || !at_the_end || seen.outcome.error().reason() == kTampering) continue;
    return result(Check::kUnload, Verdict::kFail, words_of(seen.outcome.error()));
  }
  if (!where_seen(kLeavesThreads, inspected, handlers).empty()) {
    return result(Check::kUnload, Verdict::kSkipped, "not tried: threads of it run on");
  }
  const std::string where = where_seen(kWillPin, inspected, handlers);
  if (!where.empty()) {
    return result(Check::kUnload, Verdict::kFail,
                  "after it was " + where + ", it stays in memory when it is unloaded. " +
                      std::string(advice_for(kWillPin)));
  }
  if (!any_ended_well(handlers)) {
    return result(Check::kUnload, Verdict::kSkipped, "not reached: no handler came to its end");
  }
  return result(Check::kUnload, Verdict::kPass, "nothing of it is mapped any more");
}

std::string kibibytes(std::uint64_t bytes) {
  return std::to_string(bytes / 1024) + " KiB";
}

// By how much `after` is more.
std::uint64_t growth(std::uint64_t before, std::uint64_t after) {
  return after > before ? after - before : 0;
}

ConformanceResult judge_memory(std::uint32_t reloads, const TrialNotes& notes) {
  if (!process_size_is_telling()) {
    return result(Check::kMemory, Verdict::kSkipped, "a sanitizer's own memory hides it");
  }
  if (reloads < kFewestTellingReloads || notes.marks.size() < 2) {
    return result(Check::kMemory, Verdict::kSkipped,
                  "not measured: that takes " + std::to_string(kFewestTellingReloads) +
                      " reloads at least (--reloads)");
  }
  const ReloadMark& first = notes.marks.front();
  const ReloadMark& last = notes.marks.back();
  const std::uint64_t between = std::max(1U, last.reloads - first.reloads);
  const std::uint64_t resident = growth(first.size.resident, last.size.resident);
  const std::uint64_t heap = growth(first.size.heap, last.size.heap);
  const std::uint64_t mappings = growth(first.size.mappings, last.size.mappings);
  const std::uint64_t descriptors = growth(first.size.descriptors, last.size.descriptors);
  std::string text =
      "from reload " + std::to_string(first.reloads) + " to " + std::to_string(last.reloads) +
      ": resident +" + kibibytes(resident) + " (of " + kibibytes(kAllowedGrowth.resident) +
      " allowed), heap +" + std::to_string(heap) + " bytes (of " +
      std::to_string(kAllowedGrowth.heap) + "), mappings +" + std::to_string(mappings) + " (of " +
      std::to_string(kAllowedGrowth.mappings) + "), descriptors +" + std::to_string(descriptors);
  const bool flat = resident <= kAllowedGrowth.resident && heap <= kAllowedGrowth.heap &&
                    mappings <= kAllowedGrowth.mappings &&
                    descriptors <= kAllowedGrowth.descriptors;
  if (flat) return result(Check::kMemory, Verdict::kPass, std::move(text));
  const std::uint64_t each = std::max(heap, resident) / between;
  if (each > 0) text += "; " + std::to_string(each) + " bytes for each reload";
  text += ". Give back in destructors and deinit what init, constructors and requests take";
  return result(Check::kMemory, Verdict::kFail, std::move(text));
}

}  // namespace

std::vector<ConformanceResult> judge_load(const InspectReport& inspected) {
  if (!inspected.refusal) {
    std::string reason = "accepted, as 'backplane inspect' says";
    for (const PreflightWarning& warning : inspected.warnings) {
      if (warning.code == kWillPin || warning.code == kLeavesThreads) continue;
      reason += "; with the warning " + warning.code + ": it " + warning.message;
    }
    return {result(Check::kLoad, Verdict::kPass, std::move(reason))};
  }
  const Error& error = *inspected.refusal;
  if (error.reason() != kTampering) {
    return {
        result(Check::kLoad, Verdict::kFail, std::string(error.reason()) + ": " + words_of(error))};
  }
  return {result(Check::kLoad, Verdict::kPass, "it loads, and is refused for what it does then"),
          result(Check::kProcess, Verdict::kFail, words_of(error))};
}

std::vector<ConformanceResult> judge_life(const InspectReport& inspected,
                                          std::span<const HandlerTrialSeen> handlers) {
  return {judge_process(handlers), judge_threads(inspected, handlers),
          judge_unload(inspected, handlers)};
}

bool is_reloadable(const HandlerTrialSeen& seen) {
  return seen.outcome.ok() && seen.outcome.value().warnings.empty();
}

std::vector<ConformanceResult> judge_reloads(std::uint32_t reloads, const ReloadTrialSeen& seen) {
  if (seen.outcome.ok()) {
    return {result(Check::kReloads, Verdict::kPass,
                   std::to_string(reloads) + " reloads, each unmapped"),
            judge_memory(reloads, seen.notes)};
  }
  std::string reason = std::to_string(seen.notes.reload > 0 ? seen.notes.reload - 1 : 0) + " of " +
                       std::to_string(reloads) + " reloads went well; ";
  reason += seen.timed_out ? seen.outcome.error().message() +
                                 ": --timeout gives them more, --reloads asks for fewer"
                           : words_of(seen.outcome.error());
  return {result(Check::kReloads, Verdict::kFail, std::move(reason)),
          judge_memory(reloads, seen.notes)};
}

void complete_results(std::vector<ConformanceResult>& results, const std::string& why) {
  for (int i = 0; i <= static_cast<int>(Check::kMemory); ++i) {
    const auto check = static_cast<Check>(i);
    const bool is_there =
        std::any_of(results.begin(), results.end(),
                    [check](const ConformanceResult& one) { return one.check == check; });
    if (!is_there) results.push_back(result(check, Verdict::kSkipped, why));
  }
  std::stable_sort(
      results.begin(), results.end(),
      [](const ConformanceResult& a, const ConformanceResult& b) { return a.check < b.check; });
}

}  // namespace backplane::host
