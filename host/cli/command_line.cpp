#include "host/cli/command_line.hpp"

#include <array>
#include <ostream>
#include <utility>

#include "host/cli/check_command.hpp"
#include "host/cli/inspect_command.hpp"

namespace backplane::host {
namespace {

constexpr std::string_view kHelp =
    R"(Serves functions, models and business logic from plugins over HTTP.

usage: backplane COMMAND [OPTION]... [FILE]

  serve            run the host
  check FILE       find the errors in a host configuration or an app document
  inspect FILE.so  say what a plugin is, and what would make the host refuse it

'backplane COMMAND --help' explains one of them.

Exit codes: 0 done; 1 done, and the answer is no, or something failed; 64 wrong command line;
71 the system refused (a port is in use); 78 missing or wrong configuration.
)";

CommandOutcome serve(const ParsedCommand& command, std::ostream& /*out*/, std::ostream& err) {
  Result<ServeOptions> options = serve_options(command);
  if (options.ok()) return {ExitCode::kOk, std::move(options).value()};
  const Error& error = options.error();
  err << "backplane: " << error.message() << "\n";
  return {error.reason() == "bad_option" ? ExitCode::kUsage : ExitCode::kBadConfig, std::nullopt};
}

CommandOutcome check(const ParsedCommand& command, std::ostream& out, std::ostream& err) {
  return {run_check(command.operands.front(), out, err), std::nullopt};
}

CommandOutcome inspect(const ParsedCommand& command, std::ostream& out, std::ostream& /*err*/) {
  return {run_inspect(command.operands.front(), command.has("strict"), command.has("json"), out),
          std::nullopt};
}

struct Subcommand {
  CommandSyntax (*syntax)();
  CommandOutcome (*run)(const ParsedCommand&, std::ostream&, std::ostream&);
};

constexpr std::array<Subcommand, 3> kSubcommands{
    {{serve_syntax, serve}, {check_syntax, check}, {inspect_syntax, inspect}}};

CommandOutcome run(const Subcommand& subcommand, const std::vector<std::string>& arguments,
                   std::ostream& out, std::ostream& err) {
  const CommandSyntax syntax = subcommand.syntax();
  const Result<ParsedCommand> parsed = parse_command(syntax, arguments);
  if (!parsed.ok()) {
    err << "backplane: " << parsed.error().message() << "\n";
    return {ExitCode::kUsage, std::nullopt};
  }
  if (parsed.value().help) {
    out << help_text(syntax);
    return {};
  }
  return subcommand.run(parsed.value(), out, err);
}

}  // namespace

CommandOutcome run_command_line(const std::vector<std::string>& arguments, std::ostream& out,
                                std::ostream& err) {
  if (arguments.empty()) {
    err << "backplane: found no command, wanted serve, check or inspect; see 'backplane --help'\n";
    return {ExitCode::kUsage, std::nullopt};
  }
  const std::string& name = arguments.front();
  if (name == "--help" || name == "-h" || name == "help") {
    out << kHelp;
    return {};
  }
  for (const Subcommand& subcommand : kSubcommands) {
    if (subcommand.syntax().name != name) continue;
    return run(subcommand, {arguments.begin() + 1, arguments.end()}, out, err);
  }
  err << "backplane: unknown command '" << name
      << "', wanted serve, check or inspect; see 'backplane --help'\n";
  return {ExitCode::kUsage, std::nullopt};
}

}  // namespace backplane::host
