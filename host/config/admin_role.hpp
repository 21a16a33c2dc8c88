#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace backplane::host {

// What a caller of the admin API may do; each may also do what those before it may.
enum class AdminRole : std::uint8_t {
  kRead,     // look
  kOperate,  // steer what is there: traffic, policies, shadows, settings of backends, operations
  kDeploy,   // decide what is there, and so which code runs
};
inline constexpr std::array<std::string_view, 3> kAdminRoleNames = {"read", "operate", "deploy"};

constexpr std::string_view name_of(AdminRole role) {
  return kAdminRoleNames[static_cast<std::size_t>(role)];
}
constexpr std::optional<AdminRole> admin_role_named(std::string_view name) {
  for (std::size_t i = 0; i < kAdminRoleNames.size(); ++i) {
    if (kAdminRoleNames[i] == name) return static_cast<AdminRole>(i);
  }
  return std::nullopt;
}

}  // namespace backplane::host
