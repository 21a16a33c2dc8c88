#pragma once

#include <chrono>

namespace backplane::host {

// [main] Waits for `time`, or until SIGINT comes; false: it came. From the first call on the
// signal does nothing else, so that a line on a terminal can be left in order.
bool pause_unless_interrupted(std::chrono::milliseconds time);

}  // namespace backplane::host
