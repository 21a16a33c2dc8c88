#pragma once

#include <functional>
#include <string>
#include <vector>

#include "host/base/exit_code.hpp"
#include "host/cli/admin_session.hpp"
#include "host/cli/command_syntax.hpp"
#include "host/cli/http_call.hpp"
#include "host/cli/server_address.hpp"
#include "host/json/json_value.hpp"

namespace backplane::host {

CommandSyntax call_syntax();

// What was typed as a request to `endpoint`, as the admin listener describes it. Pure, but for the
// file that --data may name. Reason "bad_option": what was typed makes none. kNotFound "no_route":
// the endpoint is reachable only from other handlers.
Result<HttpCall> data_call(const ParsedCommand& command, const JsonValue& endpoint);

// Where requests are answered, by what the admin listener's `status` says; a host that listens on
// every address is found where its admin listener was. Pure.
Result<ServerAddress> data_address(const JsonValue& status, const ServerAddress& admin);

// "200 OK, backend hello@1, 812 us", on a line of its own behind a body that was printed on a
// terminal. Pure.
std::string render_call(const HttpResponse& response, std::chrono::microseconds elapsed,
                        bool on_terminal);

// [main] Sends one request to an endpoint of the host that `session` asks: the body goes to out(),
// what else is known of the answer to err(). kFailed when its status is 400 or above.
ExitCode run_call(const ParsedCommand& command, AdminSession& session);

}  // namespace backplane::host
