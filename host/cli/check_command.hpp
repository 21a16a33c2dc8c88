#pragma once

#include <iosfwd>
#include <string>

#include "host/base/exit_code.hpp"
#include "host/cli/command_syntax.hpp"

namespace backplane::host {

CommandSyntax check_syntax();

// [main] Reads the document in `file`, a host configuration or an app document, and writes every
// error with its place to `err`, one a line; changes nothing. kBadConfig when there is one.
ExitCode run_check(const std::string& file, std::ostream& out, std::ostream& err);

}  // namespace backplane::host
