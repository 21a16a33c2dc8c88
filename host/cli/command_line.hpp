#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "host/base/exit_code.hpp"
#include "host/cli/serve_options.hpp"

namespace backplane::host {

// What the command line came to: an end with `exit_code`, or a host that is to be run.
struct CommandOutcome {
  ExitCode exit_code = ExitCode::kOk;
  std::optional<ServeOptions> serve;  // set: run it, nothing was written yet
};

// [main] Does what `arguments` (the program's name is not among them) ask for, but for running
// the host, which is app's. A refusal is one line on `err`. No other thread may run yet.
CommandOutcome run_command_line(const std::vector<std::string>& arguments, std::ostream& out,
                                std::ostream& err);

}  // namespace backplane::host
