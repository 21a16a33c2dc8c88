#pragma once

#include <span>

#include "host/cli/admin_command.hpp"

namespace backplane::host {

// The commands that only look: status, endpoints, backends, plugins, history, and
// operations, which can also be aborted.
std::span<const AdminCommand> look_commands();

}  // namespace backplane::host
