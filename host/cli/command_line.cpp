#include "host/cli/command_line.hpp"

#include <array>
#include <ostream>
#include <utility>

#include "host/cli/admin_options.hpp"
#include "host/cli/admin_session.hpp"
#include "host/cli/audit_command.hpp"
#include "host/cli/call_command.hpp"
#include "host/cli/change_commands.hpp"
#include "host/cli/check_command.hpp"
#include "host/cli/completion_command.hpp"
#include "host/cli/deploy_commands.hpp"
#include "host/cli/events_command.hpp"
#include "host/cli/inspect_command.hpp"
#include "host/cli/look_commands.hpp"
#include "host/cli/reload_commands.hpp"
#include "host/cli/test_plugin_command.hpp"
#include "host/cli/token_command.hpp"

namespace backplane::host {
namespace {

constexpr std::string_view kHelp =
    R"(Serves functions, models and business logic from plugins over HTTP.

usage: backplane COMMAND [OPTION]... [OPERAND]...
       backplane --version

A host of your own:
  serve            run the host
  check FILE       find the errors in a host configuration or an app document
  inspect FILE.so  say what a plugin is, and what would make the host refuse it
  test-plugin FILE.so
                   try a plugin out: answers, batches, errors, a thousand reloads
  token            make a token for the admin listener
  audit verify     find the first line of an audit log that is not as it was written

A host that runs, here or elsewhere (--admin, --token-file):
  status           version, revision, readiness
  events           what happens in it, as it happens
  endpoints        routes, where their traffic goes, counts and latencies
  backends         what runs, with how many replicas, and its counts
  plugins          the files of the plugin directory, and what of them is loaded
  history          what was changed when and by whom
  operations       changes that take long
  call             send one request to an endpoint
  apply FILE       make it serve what an app document says
  reload           put another version of a plugin's code in place, under load
  rollback         bring the version before back
  promote          let a version on trial take over now
  undo             bring an earlier revision back
  traffic          split an endpoint's requests over backends by weight
  policy           set how an endpoint chooses a backend
  shadows          copy a share of an endpoint's requests to other backends
  scale            set how many replicas a backend has
  delete           take an endpoint or a backend away

A shell:
  completion bash  print what teaches it to complete all this

'backplane COMMAND --help' explains one of them, with examples.

Exit codes: 0 done; 1 done, and the answer is no, or something failed; 64 wrong command line;
69 no host answers; 71 the system refused (a port is in use); 75 what the host is doing stands
against it, try again; 77 the host wants a token, or another; 78 missing or wrong configuration.
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

// A command that talks to a host: `run` gets a session with the one that the options name.
template <typename Run>
CommandOutcome with_session(const ParsedCommand& command, std::ostream& out, std::ostream& err,
                            Run run) {
  auto options = admin_options(command, read_environment());
  if (!options.ok()) {
    err << "backplane: " << options.error().message() << "\n";
    return {ExitCode::kUsage, std::nullopt};
  }
  AdminSession session(std::move(options).value(), out, err);
  return {run(command, session), std::nullopt};
}

CommandOutcome call(const ParsedCommand& command, std::ostream& out, std::ostream& err) {
  return with_session(command, out, err, run_call);
}

CommandOutcome token(const ParsedCommand& command, std::ostream& out, std::ostream& err) {
  return {run_token(command, out, err), std::nullopt};
}

CommandOutcome audit(const ParsedCommand& command, std::ostream& out, std::ostream& err) {
  return {run_audit(command, out, err), std::nullopt};
}

CommandOutcome events(const ParsedCommand& command, std::ostream& out, std::ostream& err) {
  return with_session(command, out, err, run_events);
}

std::vector<CommandSyntax> all_syntaxes();

CommandOutcome test_plugin(const ParsedCommand& command, std::ostream& out, std::ostream& err) {
  return {run_test_plugin(command, out, err), std::nullopt};
}

CommandOutcome completion(const ParsedCommand& command, std::ostream& out, std::ostream& err) {
  return {run_completion(command, all_syntaxes(), read_environment(), out, err), std::nullopt};
}

struct Subcommand {
  CommandSyntax (*syntax)();
  CommandOutcome (*run)(const ParsedCommand&, std::ostream&, std::ostream&);
};

constexpr std::array<Subcommand, 9> kSubcommands{{{serve_syntax, serve},
                                                  {check_syntax, check},
                                                  {inspect_syntax, inspect},
                                                  {token_syntax, token},
                                                  {audit_syntax, audit},
                                                  {call_syntax, call},
                                                  {events_syntax, events},
                                                  {completion_syntax, completion},
                                                  {test_plugin_syntax, test_plugin}}};

// The commands that are one admin call each.
std::vector<AdminCommand> admin_commands() {
  std::vector<AdminCommand> all;
  for (const auto some :
       {look_commands(), change_commands(), deploy_commands(), reload_commands()}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

std::vector<CommandSyntax> all_syntaxes() {
  std::vector<CommandSyntax> all;
  const std::vector<AdminCommand> calls = admin_commands();
  all.reserve(kSubcommands.size() + calls.size());
  for (const Subcommand& one : kSubcommands) all.push_back(one.syntax());
  for (const AdminCommand& one : calls) all.push_back(one.syntax());
  return all;
}

// Nothing: the arguments were dealt with, and `outcome` says how.
std::optional<ParsedCommand> parse(const CommandSyntax& syntax,
                                   const std::vector<std::string>& arguments, std::ostream& out,
                                   std::ostream& err, CommandOutcome& outcome) {
  Result<ParsedCommand> parsed = parse_command(syntax, arguments);
  if (!parsed.ok()) {
    err << "backplane: " << parsed.error().message() << "\n";
    outcome.exit_code = ExitCode::kUsage;
    return std::nullopt;
  }
  if (!parsed.value().help) return std::move(parsed).value();
  out << help_text(syntax);
  return std::nullopt;
}

}  // namespace

CommandOutcome run_command_line(const std::vector<std::string>& arguments, std::ostream& out,
                                std::ostream& err) {
  if (arguments.empty()) {
    err << "backplane: found no command; see 'backplane --help'\n";
    return {ExitCode::kUsage, std::nullopt};
  }
  const std::string& name = arguments.front();
  if (name == "--help" || name == "-h" || name == "help") {
    out << kHelp;
    return {};
  }
  if (name == "--version") {
    out << "backplane " BACKPLANE_VERSION "\n";
    return {};
  }
  const std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
  CommandOutcome outcome;
  for (const Subcommand& subcommand : kSubcommands) {
    const CommandSyntax syntax = subcommand.syntax();
    if (syntax.name != name) continue;
    const auto parsed = parse(syntax, rest, out, err, outcome);
    return parsed ? subcommand.run(*parsed, out, err) : outcome;
  }
  for (const AdminCommand& command : admin_commands()) {
    const CommandSyntax syntax = command.syntax();
    if (syntax.name != name) continue;
    const auto parsed = parse(syntax, rest, out, err, outcome);
    if (!parsed) return outcome;
    return with_session(*parsed, out, err,
                        [&command](const ParsedCommand& typed, AdminSession& session) {
                          return run_admin_command(command, typed, session);
                        });
  }
  err << "backplane: unknown command '" << name << "'; see 'backplane --help'\n";
  return {ExitCode::kUsage, std::nullopt};
}

}  // namespace backplane::host
