#pragma once

#include <iosfwd>

#include "host/base/exit_code.hpp"
#include "host/base/result.hpp"
#include "host/cli/command_syntax.hpp"
#include "host/plugin/conformance_run.hpp"

namespace backplane::host {

CommandSyntax test_plugin_syntax();

// What was typed, as options of the test; progress and the probe's program are not among them.
// Pure, but for the files that are named. Reason "bad_option": what was typed makes none.
Result<ConformanceOptions> conformance_options(const ParsedCommand& command);

// [main] Tests the plugin in the file that is the operand; the results go to `out`, what comes
// before them to `err`. kFailed: it does not pass; kUsage; kOsError: the system gives no process or
// no place for copies.
ExitCode run_test_plugin(const ParsedCommand& command, std::ostream& out, std::ostream& err);

}  // namespace backplane::host
