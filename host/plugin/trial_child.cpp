#include "host/plugin/trial_child.hpp"

#include <algorithm>
#include <poll.h>
#include <utility>

#include "host/base/clock.hpp"
#include "host/plugin/probe_process.hpp"

namespace backplane::host {

Result<TrialChildEnd> run_trial_child(int program, const ProbeRequest& request,
                                      std::chrono::milliseconds time_limit,
                                      const std::function<void(const std::string& said)>& watch) {
  constexpr std::chrono::milliseconds kGlance{200};
  const TimePoint deadline = Clock::now() + time_limit;
  auto process = ProbeProcess::start(program, request);
  if (!process.ok()) return std::move(process).error();
  bool timed_out = false;
  for (;;) {
    pollfd ended{.fd = process.value().process_fd(), .events = POLLIN, .revents = 0};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    const auto wait = std::clamp(left, std::chrono::milliseconds(0), kGlance);
    if (poll(&ended, 1, static_cast<int>(wait.count())) == 1) break;
    if (watch) watch(process.value().said());
    timed_out = Clock::now() >= deadline;
    if (timed_out) break;
  }
  process.value().kill();  // it, or what it may have started
  ProbeEnding ending = process.value().reap();
  ending.timed_out = timed_out;
  return TrialChildEnd{.said = process.value().said(), .ending = ending};
}

}  // namespace backplane::host
