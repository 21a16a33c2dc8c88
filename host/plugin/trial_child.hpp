#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "host/base/result.hpp"
#include "host/plugin/probe_answer.hpp"
#include "host/plugin/probe_request.hpp"

namespace backplane::host {

// How a child that ran a trial ended, and all that it said. A plain value.
struct TrialChildEnd {
  std::string said;
  ProbeEnding ending;
};

// [main] Runs the program that is open as `program` for `request`, for at most `time_limit`. The
// child ends with the calling thread. `watch`, which may be null, is shown what has been said,
// several times a second. kUnavailable "probe_unavailable": there is no process for it.
Result<TrialChildEnd> run_trial_child(int program, const ProbeRequest& request,
                                      std::chrono::milliseconds time_limit,
                                      const std::function<void(const std::string& said)>& watch);

}  // namespace backplane::host
