#pragma once

#include <thread>

#include "host/base/clock.hpp"
#include "tests/support/gate.hpp"

namespace backplane::host {

// Asks again and again until `condition` holds; false when that takes over kPatience.
template <typename Condition>
bool wait_for(Condition condition) {
  const TimePoint deadline = Clock::now() + kPatience;
  while (Clock::now() < deadline) {
    if (condition()) return true;
    std::this_thread::yield();
  }
  return false;
}

}  // namespace backplane::host
