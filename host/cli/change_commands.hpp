#pragma once

#include <span>

#include "host/cli/admin_command.hpp"

namespace backplane::host {

// The commands that change one thing: traffic, policy, shadows, scale, delete.
std::span<const AdminCommand> change_commands();

}  // namespace backplane::host
