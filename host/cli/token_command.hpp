#pragma once

#include <iosfwd>

#include "host/base/exit_code.hpp"
#include "host/cli/command_syntax.hpp"

namespace backplane::host {

CommandSyntax token_syntax();

// [main] Makes a token for the admin listener and writes it to `out`, with the entry of
// admin.tokens by which a host knows it. kUsage, and a line on `err`, when an option is missing or
// wrong.
ExitCode run_token(const ParsedCommand& command, std::ostream& out, std::ostream& err);

}  // namespace backplane::host
