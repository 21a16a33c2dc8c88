#include "host/cli/look_commands.hpp"

#include <array>
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

constexpr std::array<AdminCommand, 4> kCommands{{
    {status_syntax, AdminConduct::kReads, status_call, show_status},
    {endpoints_syntax, AdminConduct::kReads, endpoints_call,
     render_list_or_one<render_endpoints, render_endpoint>},
    {backends_syntax, AdminConduct::kReads, backends_call,
     render_list_or_one<render_backends, render_backend>},
    {plugins_syntax, AdminConduct::kReads, plugins_call,
     render_list_or_one<render_plugins, render_plugin>},
}};

}  // namespace

std::span<const AdminCommand> look_commands() {
  return kCommands;
}

}  // namespace backplane::host
