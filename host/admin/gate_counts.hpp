#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

namespace backplane::host {

// Why a caller of the admin API is not known: backplane_auth_failures_total{reason}.
enum class AuthFailure : std::uint8_t {
  kMissing,    // no Authorization
  kMalformed,  // not one bearer token
  kUnknown,    // a token that is none of ours
  kExpired,
  kTooMany,  // the peer has failed too often; its token was not looked at
};
inline constexpr std::array<std::string_view, 5> kAuthFailureNames = {
    "missing", "malformed", "unknown", "expired", "too_many"};

// What the admin listener turned away. Owned by its AdminGate; written by the admin io threads, and
// relaxed, because each number publishes nothing but itself.
struct GateCounts {
  std::array<std::atomic<std::uint64_t>, kAuthFailureNames.size()> auth_failures{};
  std::atomic<std::uint64_t> bad_host{0};      // faults.md 102
  std::atomic<std::uint64_t> csrf_refused{0};  // faults.md 101
  std::atomic<std::uint64_t> authz_denied{0};  // faults.md 99
};

}  // namespace backplane::host
