#pragma once

#include <span>

#include "host/cli/admin_command.hpp"

namespace backplane::host {

// The commands that replace the whole of what a host serves: apply, undo.
std::span<const AdminCommand> deploy_commands();

}  // namespace backplane::host
