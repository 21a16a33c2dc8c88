#include "host/control/canary.hpp"

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

using Kind = CanaryVerdict::Kind;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr CanaryLimits kLimits{.min_requests = 100,
                               .max_error_rate = 0.01,
                               .max_p99 = milliseconds(20),
                               .duration = seconds(10)};

TEST_SUITE("control") {
  TEST_CASE("judge: nothing is said of a canary that has answered too little") {
    CHECK(judge({.requests = 99, .errors = 99, .p99 = seconds(9), .on_trial = seconds(99)}, kLimits)
              .kind == Kind::kWait);
    // Not even when nothing is wanted: nobody has asked it anything.
    CanaryLimits none = kLimits;
    none.min_requests = 0;
    CHECK(judge({.on_trial = seconds(99)}, none).kind == Kind::kWait);
  }

  TEST_CASE("judge: a bad one goes at once, and is told why") {
    const CanaryVerdict failing = judge({.requests = 100, .errors = 2}, kLimits);
    CHECK(failing.kind == Kind::kRollBack);
    CHECK(failing.reason == "2 of 100 requests failed (2 %); at most 1 % may");
    const CanaryVerdict slow = judge({.requests = 100, .p99 = milliseconds(21)}, kLimits);
    CHECK(slow.kind == Kind::kRollBack);
    CHECK(slow.reason == "99 of 100 answers came within 21 ms; they may take 20 ms");
  }

  TEST_CASE("judge: a good one takes over when its time is up, not before") {
    CanaryRecord good{.requests = 100, .errors = 1, .p99 = milliseconds(20)};
    good.on_trial = seconds(10) - milliseconds(1);
    CHECK(judge(good, kLimits).kind == Kind::kWait);
    good.on_trial = seconds(10);
    CHECK(judge(good, kLimits).kind == Kind::kPromote);
    CHECK(judge(good, kLimits).reason.empty());
    // Without a limit it may be as slow as it likes.
    CanaryLimits patient = kLimits;
    patient.max_p99 = milliseconds(0);
    good.p99 = seconds(60);
    CHECK(judge(good, patient).kind == Kind::kPromote);
  }
}

}  // namespace
}  // namespace backplane::host
