#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "host/base/clock.hpp"
#include "host/base/error.hpp"

namespace backplane::host {

// What a new version must show before it takes over. A plain value.
struct CanaryLimits {
  double weight = 0.05;                        // its share of the requests, 0 to 1
  std::uint64_t min_requests = 100;            // answered, before anything is said about it
  double max_error_rate = 0.01;                // of the answers, 0 to 1
  std::chrono::milliseconds max_p99{0};        // of the answers' latencies; 0: whatever they are
  std::chrono::milliseconds duration{10'000};  // on trial at least

  bool operator==(const CanaryLimits&) const = default;
};

// What it has shown so far.
struct CanaryRecord {
  std::uint64_t requests = 0;
  std::uint64_t errors = 0;  // answered 429, or 500 and above, of these
  Duration p99{};
  Duration on_trial{};
};

struct CanaryVerdict {
  enum class Kind : std::uint8_t { kWait, kPromote, kRollBack };

  Kind kind = Kind::kWait;
  std::string reason;  // kRollBack: what was found, what was wanted
};

// Pure. One that is bad is sent away as soon as that is known, one that is good takes over when its
// time is up.
CanaryVerdict judge(const CanaryRecord& record, const CanaryLimits& limits);

// kConflict, for whoever would promote a version of `plugin` where none is on trial.
Error nothing_on_trial(const std::string& plugin);

}  // namespace backplane::host
