#pragma once

#include <iosfwd>
#include <string>

#include "host/base/exit_code.hpp"
#include "host/cli/command_syntax.hpp"

namespace backplane::host {

CommandSyntax inspect_syntax();

// [main] Writes what the plugin in `file` is, and what would make the host refuse it, to `out`.
// kFailed when something would; with `strict`, a warning does as well.
ExitCode run_inspect(const std::string& file, bool strict, bool json, std::ostream& out);

}  // namespace backplane::host
