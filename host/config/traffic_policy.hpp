#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace backplane::host {

// How a request without a shard key finds its backend.
enum class PolicyKind : std::uint8_t { kRandom, kRoundRobin, kPowerOfTwo, kFixedPacking };

// As documents name them, in the order of PolicyKind.
inline constexpr std::array<std::string_view, 4> kPolicyNames{"random", "round_robin",
                                                              "power_of_two", "fixed_packing"};

// What an endpoint does with its weights. A plain value.
struct TrafficPolicy {
  PolicyKind kind = PolicyKind::kRandom;
  // Requests in a row to one backend: chosen for kFixedPacking, 1 for the others, so that
  // kRoundRobin is packing by one.
  std::uint32_t packing_num = 1;

  std::string_view name() const { return kPolicyNames[static_cast<std::size_t>(kind)]; }
  bool operator==(const TrafficPolicy&) const = default;
};

}  // namespace backplane::host
