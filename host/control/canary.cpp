#include "host/control/canary.hpp"

#include <array>
#include <cstdio>

namespace backplane::host {
namespace {

std::string percent(double share) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.3g %%", share * 100);
  return text.data();
}

std::string ms(Duration time) {
  return std::to_string(std::chrono::ceil<std::chrono::milliseconds>(time).count()) + " ms";
}

}  // namespace

CanaryVerdict judge(const CanaryRecord& record, const CanaryLimits& limits) {
  if (record.requests < limits.min_requests || record.requests == 0) return {};
  const double rate = static_cast<double>(record.errors) / static_cast<double>(record.requests);
  if (rate > limits.max_error_rate) {
    return {.kind = CanaryVerdict::Kind::kRollBack,
            .reason = std::to_string(record.errors) + " of " + std::to_string(record.requests) +
                      " requests failed (" + percent(rate) + "); at most " +
                      percent(limits.max_error_rate) + " may"};
  }
  if (limits.max_p99.count() > 0 && record.p99 > limits.max_p99) {
    return {.kind = CanaryVerdict::Kind::kRollBack,
            .reason = "99 of 100 answers came within " + ms(record.p99) + "; they may take " +
                      ms(limits.max_p99)};
  }
  if (record.on_trial < limits.duration) return {};
  return {.kind = CanaryVerdict::Kind::kPromote, .reason = {}};
}

Error nothing_on_trial(const std::string& plugin) {
  return {ErrorCode::kConflict, "nothing_on_trial",
          "no version of plugin '" + plugin + "' is on trial"};
}

}  // namespace backplane::host
