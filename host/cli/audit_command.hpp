#pragma once

#include <iosfwd>

#include "host/base/exit_code.hpp"
#include "host/cli/command_syntax.hpp"

namespace backplane::host {

CommandSyntax audit_syntax();

// [main] Follows the chain of an audit log, or of all those in a directory, and writes to `out`
// what it consists of. kFailed, and the first line that is wrong on `err`, when it is broken.
ExitCode run_audit(const ParsedCommand& command, std::ostream& out, std::ostream& err);

}  // namespace backplane::host
