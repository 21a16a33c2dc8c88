#include "host/app/shutdown_policy.hpp"

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

using std::chrono::milliseconds;

constexpr ShutdownLimits kLimits{.drain_delay = milliseconds(500), .grace = milliseconds(2000)};
constexpr TimePoint kBegan{};

ShutdownStep step_at(int ms, bool drained, bool insisted = false) {
  return shutdown_step(kLimits, kBegan, kBegan + milliseconds(ms), drained, insisted);
}

TEST_SUITE("app") {
  TEST_CASE("shutdown_step: through the drain delay everything still works, drained or not") {
    CHECK(step_at(0, false) == ShutdownStep::kUnready);
    CHECK(step_at(499, true) == ShutdownStep::kUnready);
  }

  TEST_CASE("shutdown_step: then it drains until nothing is in flight") {
    CHECK(step_at(500, false) == ShutdownStep::kDrain);
    CHECK(step_at(2499, false) == ShutdownStep::kDrain);
    CHECK(step_at(500, true) == ShutdownStep::kDone);
  }

  TEST_CASE("shutdown_step: when the grace is over what is left is forced out") {
    CHECK(step_at(2500, false) == ShutdownStep::kForce);
    CHECK(step_at(2500, true) == ShutdownStep::kDone);
  }

  TEST_CASE("shutdown_step: a second signal forces at once") {
    CHECK(step_at(0, false, true) == ShutdownStep::kForce);
    CHECK(step_at(600, false, true) == ShutdownStep::kForce);
    CHECK(step_at(600, true, true) == ShutdownStep::kDone);
  }
}

}  // namespace
}  // namespace backplane::host
