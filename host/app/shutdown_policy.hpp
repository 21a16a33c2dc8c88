#pragma once

#include <chrono>
#include <cstdint>

#include "host/base/clock.hpp"

namespace backplane::host {

// How far a graceful stop has come.
enum class ShutdownStep : std::uint8_t {
  kUnready,  // readiness fails, everything still works: balancers look elsewhere
  kDrain,    // no new connections; what is in flight finishes
  kForce,    // what is left is answered 503
  kDone,     // nothing is left
};

struct ShutdownLimits {
  std::chrono::milliseconds drain_delay{0};
  std::chrono::milliseconds grace{30'000};
};

// Which step a stop that began at `began` is in. Pure. `drained`: no request is in flight.
// `insisted`: a second signal came.
ShutdownStep shutdown_step(const ShutdownLimits& limits, TimePoint began, TimePoint now,
                           bool drained, bool insisted);

}  // namespace backplane::host
