#pragma once

#include <chrono>

namespace backplane::host {

// The one clock of timers, deadlines and measurements: monotonic, so that a step of the wall
// clock moves nothing. Logic takes TimePoints as arguments; only thin shells ask for now().
using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;
using Duration = Clock::duration;

// "No deadline".
inline constexpr TimePoint kNever = TimePoint::max();

}  // namespace backplane::host
