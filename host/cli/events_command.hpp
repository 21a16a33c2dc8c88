#pragma once

#include <string>

#include "host/base/exit_code.hpp"
#include "host/cli/admin_session.hpp"
#include "host/cli/command_syntax.hpp"
#include "host/cli/event_stream.hpp"

namespace backplane::host {

CommandSyntax events_syntax();

// An event as a line for people, without the line's end; empty where there is nothing to tell: the
// rates of a second in which nothing was asked. Pure.
std::string render_event(const ServerEvent& event);

// An event as one line of JSON: {"event":"revision","id":"7","data":{…}}. Pure.
std::string event_json(const ServerEvent& event);

// [main] Prints what happens in the host, a line each, until it stops or enough was printed.
ExitCode run_events(const ParsedCommand& command, AdminSession& session);

}  // namespace backplane::host
