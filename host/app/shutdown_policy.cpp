#include "host/app/shutdown_policy.hpp"

namespace backplane::host {

ShutdownStep shutdown_step(const ShutdownLimits& limits, TimePoint began, TimePoint now,
                           bool drained, bool insisted) {
  if (insisted) return drained ? ShutdownStep::kDone : ShutdownStep::kForce;
  const TimePoint drain_from = began + limits.drain_delay;
  if (now < drain_from) return ShutdownStep::kUnready;
  if (drained) return ShutdownStep::kDone;
  return now < drain_from + limits.grace ? ShutdownStep::kDrain : ShutdownStep::kForce;
}

}  // namespace backplane::host
