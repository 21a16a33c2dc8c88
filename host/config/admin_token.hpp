#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "host/base/wall_time.hpp"
#include "host/config/admin_role.hpp"

namespace backplane::host {

using TokenDigest = std::array<std::uint8_t, 32>;

// How the admin listener knows one token: not the token, which nobody but its bearer has. A plain
// value.
struct AdminToken {
  // Whom changes are put down to. Two tokens may have one label: the old and the new one, while
  // one replaces the other.
  std::string label;
  AdminRole role = AdminRole::kRead;
  std::string salt;
  TokenDigest sha256{};  // of the characters of `salt` and then of the token
  std::optional<WallTime> expires;

  bool expired(WallTime now) const { return expires && *expires <= now; }
  bool operator==(const AdminToken&) const = default;
};

}  // namespace backplane::host
