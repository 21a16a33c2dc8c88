#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/base/exit_code.hpp"
#include "host/base/result.hpp"
#include "host/cli/admin_session.hpp"
#include "host/cli/command_syntax.hpp"
#include "host/cli/http_call.hpp"
#include "host/json/json_value.hpp"

namespace backplane::host {

// How a command goes about its one call.
enum class AdminConduct : std::uint8_t {
  kReads,     // asks and prints
  kChanges,   // changes one thing; --dry-run only shows what it would
  kPrepares,  // the same for what may take long
  kReplaces   // shows the difference first, then makes it, unless the state has moved on since
};

// A command that is one admin call: pure functions between the command line, the call and the text.
// A plain value.
struct AdminCommand {
  CommandSyntax (*syntax)();
  AdminConduct conduct;
  // Reason "bad_option": what was typed makes no call. "bad_document": the file in it is not good.
  Result<HttpCall> (*call)(const ParsedCommand&);
  // What people read of the answer; of a change's, what has been done.
  std::string (*render)(const ParsedCommand&, const JsonValue&);
};

// [main] Makes the call of `command` and prints what came of it.
ExitCode run_admin_command(const AdminCommand& command, const ParsedCommand& parsed,
                           AdminSession& session);

// --if-revision.
OptionSyntax revision_option_syntax();

// The options of commands that change the desired state, beside those of all.
std::vector<OptionSyntax> change_option_syntaxes();

}  // namespace backplane::host
