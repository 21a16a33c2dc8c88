#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "host/base/result.hpp"
#include "host/cli/command_syntax.hpp"
#include "host/cli/server_address.hpp"

namespace backplane::host {

// What the process brings to a command beside its arguments. A plain value.
struct Environment {
  std::string admin{};        // BACKPLANE_ADMIN
  std::string token_file{};   // BACKPLANE_TOKEN_FILE
  std::string authorities{};  // BACKPLANE_TLS_CA
  bool on_terminal = false;   // standard error is one
};

// [main]
Environment read_environment();

// How a command reaches the admin listener, and what it prints. A plain value.
struct AdminOptions {
  ServerAddress admin;
  std::optional<std::filesystem::path> authorities;
  std::optional<std::string> token;
  std::optional<std::chrono::milliseconds> timeout;  // none: the call knows
  bool json = false;
  bool shows_progress = false;
};

// The options of every command that asks a host. `timeout_ms` is the default of --timeout.
std::vector<OptionSyntax> admin_option_syntaxes(const std::string& timeout_ms = "10000");

// What the help of such a command says of its end.
inline constexpr const char* kAdminExitCodes =
    "Ends with 0 when it is done; 1 when the host refused it, with the host's reason; 64 when the "
    "command line is wrong; 69 when no host answers; 75 when what the host is doing stands against "
    "it (a conflict, a stale revision, an operation that still runs): look and try again; 77 when "
    "the host wants a token, or one that may do more.";

// The same of one that changes what may take long to prepare.
inline constexpr const char* kLongChangeNotes =
    "Waits until the change is made; on a terminal a line shows how far it is. Ctrl-C there, or "
    "the "
    "end of --timeout, leaves it running: 'backplane operations ID' says what becomes of it, and "
    "with --abort ends it before anything has changed.\n\n";

// [main] Reads the token's file, which blocks on it. The options win over the environment.
// Reason "bad_option": an option's value is wrong; "no_such_file", "unreadable_file": the token's
// file is.
Result<AdminOptions> admin_options(const ParsedCommand& command, const Environment& environment);

}  // namespace backplane::host
