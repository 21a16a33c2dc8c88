#include "host/cli/look_commands.hpp"

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/cli/backends_view.hpp"
#include "host/cli/endpoints_view.hpp"
#include "host/cli/history_view.hpp"
#include "host/cli/operations_view.hpp"
#include "host/cli/plugins_view.hpp"
#include "host/cli/status_view.hpp"
#include "host/cli/typed_words.hpp"

namespace backplane::host {
namespace {

constexpr std::uint64_t kLargestId = std::numeric_limits<std::int64_t>::max();

std::vector<OptionSyntax> options_with(std::vector<OptionSyntax> own) {
  for (OptionSyntax& option : admin_option_syntaxes()) own.push_back(std::move(option));
  return own;
}

// The call for all of `collection`, or for the one that was named.
Result<HttpCall> list_or_one(const ParsedCommand& command, const std::string& collection,
                             Status (*check)(std::string_view)) {
  HttpCall call{.target = "/v1/" + collection};
  if (command.operands.empty()) return call;
  const std::string& name = command.operands.front();
  Status good = check(name);
  if (!good.ok()) return std::move(good).error();
  call.target += "/" + name;
  return call;
}

template <std::string (*kList)(const JsonValue&), std::string (*kOne)(const JsonValue&)>
std::string render_list_or_one(const ParsedCommand& command, const JsonValue& answer) {
  return command.operands.empty() ? kList(answer) : kOne(answer);
}

CommandSyntax status_syntax() {
  return {.name = "status",
          .summary = "Shows a host's version, revision and readiness, and how its backends are.",
          .options = options_with({}),
          .examples = {"status", "status --admin 10.0.0.7:8001 --token-file admin.token --json"},
          .notes = kAdminExitCodes};
}

Result<HttpCall> status_call(const ParsedCommand& /*command*/) {
  return HttpCall{.target = "/v1/status"};
}

std::string show_status(const ParsedCommand& /*command*/, const JsonValue& answer) {
  return render_status(answer);
}

CommandSyntax endpoints_syntax() {
  return {.name = "endpoints",
          .summary =
              "Shows every endpoint, or one: its route, where its traffic goes, and how "
              "many requests were answered how fast.",
          .optional = "ENDPOINT",
          .options = options_with({}),
          .examples = {"endpoints", "endpoints split"},
          .notes = kAdminExitCodes};
}

Result<HttpCall> endpoints_call(const ParsedCommand& command) {
  return list_or_one(command, "endpoints", check_endpoint_word);
}

CommandSyntax backends_syntax() {
  return {.name = "backends",
          .summary = "Shows every backend, or one: what it runs, its configuration and counts.",
          .optional = "BACKEND",
          .options = options_with({}),
          .examples = {"backends", "backends blue --json"},
          .notes = kAdminExitCodes};
}

Result<HttpCall> backends_call(const ParsedCommand& command) {
  return list_or_one(command, "backends", check_backend_word);
}

CommandSyntax plugins_syntax() {
  return {.name = "plugins",
          .summary =
              "Shows every file of the plugin directory, or one: whether the host would "
              "load it, and what of it is loaded.",
          .optional = "PLUGIN",
          .options = options_with({}),
          .examples = {"plugins", "plugins hello"},
          .notes = kAdminExitCodes};
}

Result<HttpCall> plugins_call(const ParsedCommand& command) {
  return list_or_one(command, "plugins", check_plugin_word);
}

CommandSyntax history_syntax() {
  return {.name = "history",
          .summary =
              "Shows what was changed when and by whom, the newest revision first; or one "
              "revision with all of its changes.",
          .optional = "REVISION",
          .options = options_with({{"limit", "N", "How many revisions to show. Default 50."},
                                   {"before", "N", "Only revisions older than N."}}),
          .examples = {"history --limit 10", "history 7"},
          .notes = kAdminExitCodes};
}

Result<HttpCall> history_call(const ParsedCommand& command) {
  HttpCall call{.target = "/v1/history"};
  if (!command.operands.empty()) {
    const auto revision = read_number("a revision", command.operands.front(), kLargestId);
    if (!revision.ok()) return revision.error();
    call.target += "/" + std::to_string(revision.value());
    return call;
  }
  for (const std::string name : {"limit", "before"}) {
    if (!command.has(name)) continue;
    const auto number = read_number("--" + name, command.value(name), kLargestId);
    if (!number.ok()) return number.error();
    call = with_query(std::move(call), name + "=" + std::to_string(number.value()));
  }
  return call;
}

CommandSyntax operations_syntax() {
  return {.name = "operations",
          .summary =
              "Shows changes that take or took long, the running ones among them, or one of "
              "them; and ends one before it has changed anything.",
          .optional = "ID",
          .options = options_with({{"abort", "", "End operation ID; nothing is changed then."}}),
          .examples = {"operations", "operations 12 --abort"},
          .notes = kAdminExitCodes};
}

Result<HttpCall> operations_call(const ParsedCommand& command) {
  HttpCall call{.target = "/v1/operations"};
  if (command.operands.empty()) {
    if (command.has("abort")) return bad_word("--abort: wanted the ID of an operation");
    return call;
  }
  const auto id = read_number("an operation's ID", command.operands.front(), kLargestId);
  if (!id.ok()) return id.error();
  call.target += "/" + std::to_string(id.value());
  if (command.has("abort")) call.method = "DELETE";
  return call;
}

constexpr std::array<AdminCommand, 6> kCommands{{
    {status_syntax, AdminConduct::kReads, status_call, show_status},
    {endpoints_syntax, AdminConduct::kReads, endpoints_call,
     render_list_or_one<render_endpoints, render_endpoint>},
    {backends_syntax, AdminConduct::kReads, backends_call,
     render_list_or_one<render_backends, render_backend>},
    {plugins_syntax, AdminConduct::kReads, plugins_call,
     render_list_or_one<render_plugins, render_plugin>},
    {history_syntax, AdminConduct::kReads, history_call,
     render_list_or_one<render_history, render_revision>},
    {operations_syntax, AdminConduct::kReads, operations_call,
     render_list_or_one<render_operations, render_operation>},
}};

}  // namespace

std::span<const AdminCommand> look_commands() {
  return kCommands;
}

}  // namespace backplane::host
