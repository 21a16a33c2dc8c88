#pragma once

#include <iosfwd>
#include <vector>

#include "host/base/exit_code.hpp"
#include "host/cli/admin_options.hpp"
#include "host/cli/command_syntax.hpp"

namespace backplane::host {

CommandSyntax completion_syntax();

// [main] Prints the script that teaches a shell to complete `commands`, or, for that script, what
// may stand at the end of a line; names come from the host that the line means, if it answers soon.
ExitCode run_completion(const ParsedCommand& command, const std::vector<CommandSyntax>& commands,
                        const Environment& environment, std::ostream& out, std::ostream& err);

}  // namespace backplane::host
