#include "host/control/follow_step.hpp"

#include "host/control/reloader.hpp"

namespace backplane::host {

FollowStep follow_step(const SettledPlugin& file, const FollowFacts& facts) {
  if (!facts.used || facts.changing) return FollowStep::kWait;
  const bool is_readable = !file.sha256.empty();
  const bool is_running = is_readable && file.sha256 == facts.version.sha256;
  // A backend that is down is built again of a file that is dropped again, as a reload does; but
  // the start of the host has just tried.
  if (is_running && (facts.serving || file.at_start)) return FollowStep::kUnchanged;
  // Its canary was rolled back, or an admin call was here first.
  if (file.identity == facts.last_tried) return FollowStep::kLeave;
  // It was rolled back before the host was restarted: that, too, was acknowledged.
  if (file.at_start && is_readable && file.sha256 == facts.version.previous) {
    return FollowStep::kLeave;
  }
  return FollowStep::kReload;
}

std::string_view follow_event(const Result<ReloadOutcome>& outcome) {
  if (outcome.ok()) return outcome.value().changed ? "reloaded" : "unchanged";
  if (may_pass(outcome.error())) return "retried";
  return outcome.error().reason() == "source_changed" ? "overtaken" : "failed";
}

}  // namespace backplane::host
