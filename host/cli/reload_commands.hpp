#pragma once

#include <span>

#include "host/cli/admin_command.hpp"

namespace backplane::host {

// The commands that put another version of a plugin's code in place: reload, rollback, promote.
std::span<const AdminCommand> reload_commands();

}  // namespace backplane::host
