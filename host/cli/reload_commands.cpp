#include "host/cli/reload_commands.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "host/cli/reload_view.hpp"
#include "host/cli/typed_words.hpp"
#include "host/json/json_writer.hpp"

namespace backplane::host {
namespace {

// Replicas are made before the answer; a canary may take longer, and goes on then.
constexpr std::chrono::milliseconds kPatience{120'000};
// Above what any host takes; which of them it takes is for it to say.
constexpr std::uint64_t kLargestNumber = std::numeric_limits<std::uint32_t>::max();

constexpr const char* kFailureNotes =
    " Whatever goes wrong on the way, the former version serves on; what that was stands in the "
    "error with the stage it went wrong at, and 'backplane plugins PLUGIN' shows it later.";

// What options become in the body.
struct BodyMember {
  const char* option;
  const char* member;
  bool whole;  // a number without a fraction
};
constexpr std::array<BodyMember, 6> kNumbers{{{"drain-timeout-ms", "drain_timeout_ms", true},
                                              {"weight", "weight", false},
                                              {"min-requests", "min_requests", true},
                                              {"max-error-rate", "max_error_rate", false},
                                              {"max-p99-ms", "max_p99_ms", true},
                                              {"duration-ms", "duration_ms", true}}};

OptionSyntax state_option() {
  return {"state", "carry|fresh",
          "carry: replicas go on with what those before them saved, where a handler saves "
          "anything. fresh: they begin anew. Default: carry."};
}

std::vector<OptionSyntax> options_with(std::vector<OptionSyntax> own) {
  own.push_back(revision_option_syntax());
  for (OptionSyntax& option : admin_option_syntaxes(std::to_string(kPatience.count()))) {
    own.push_back(std::move(option));
  }
  return own;
}

Status add_number(JsonWriter& json, const BodyMember& member, const std::string& word) {
  const std::string what = std::string("--") + member.option;
  if (member.whole) {
    const auto number = read_number(what, word, kLargestNumber);
    if (!number.ok()) return number.error();
    json.member(member.member, number.value());
    return {};
  }
  const auto number = read_decimal(what, word);
  if (!number.ok()) return number.error();
  json.member(member.member, number.value());
  return {};
}

Result<HttpCall> call_for(const ParsedCommand& command, const char* verb) {
  const std::string& plugin = command.operands.front();
  Status good = check_plugin_word(plugin);
  if (!good.ok()) return std::move(good).error();
  return HttpCall{.method = "POST",
                  .target = "/v1/plugins/" + plugin + "/" + verb,
                  .body = "{}",
                  .timeout = kPatience};
}

void add_state(JsonWriter& json, const ParsedCommand& command) {
  if (command.has("state")) json.member("state", command.value("state"));
}

CommandSyntax reload_syntax() {
  return {
      .name = "reload",
      .summary =
          "Puts the file that is in the plugin directory now in the place of the plugin's code "
          "that runs: every backend of the plugin goes over at once, and no request fails. Where "
          "the file is what runs already, nothing is done.",
      .operands = {"PLUGIN"},
      .options = options_with(
          {{"sha256", "HEX", "Refuse any other file: what 'sha256sum FILE.so' prints."},
           {"force", "", "Reload also when the file is what runs already."},
           {"strategy", "swap|canary",
            "swap: takes over when it is ready. canary: gets a share of the requests first, and "
            "takes over or goes by itself. Default: swap."},
           {"weight", "W", "Of a canary: its share of the requests. Default 0.05."},
           {"min-requests", "N", "What it must answer before it is judged. Default 100."},
           {"max-error-rate", "R", "Share of its answers that may be errors. Default 0.01."},
           {"max-p99-ms", "MS", "99 of 100 of its answers are not later. Default: no limit."},
           {"duration-ms", "MS", "How long it is on trial at least. Default 10000."},
           state_option(),
           {"drain-timeout-ms", "MS",
            "How long the version before may finish what it has before its handlers are told to "
            "stop. Default: plugins.drain_timeout_ms of the host."}}),
      .examples = {"reload hello", "reload hello --sha256 \"$(sha256sum < hello.so | cut -c-64)\"",
                   "reload hello --strategy canary --weight 0.1 --max-p99-ms 50"},
      .notes = std::string(kLongChangeNotes) + kAdminExitCodes + kFailureNotes};
}

Result<HttpCall> reload_call(const ParsedCommand& command) {
  auto call = call_for(command, "reload");
  if (!call.ok()) return call;
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  if (command.has("sha256")) json.member("sha256", command.value("sha256"));
  if (command.has("force")) json.member("force", true);
  if (command.has("strategy")) json.member("strategy", command.value("strategy"));
  add_state(json, command);
  for (const BodyMember& member : kNumbers) {
    if (!command.has(member.option)) continue;
    Status added = add_number(json, member, command.value(member.option));
    if (!added.ok()) return std::move(added).error();
  }
  json.end_object();
  call.value().body = std::move(body);
  return call;
}

std::string show_reload(const ParsedCommand& command, const JsonValue& answer) {
  return render_reload(command.operands.front(), "reloaded", answer);
}

CommandSyntax rollback_syntax() {
  return {.name = "rollback",
          .summary =
              "Brings the version of a plugin back that ran before the one that runs, from the "
              "copy that the host keeps, whatever is in the plugin directory. A second one goes "
              "forward again.",
          .operands = {"PLUGIN"},
          .options = options_with({state_option()}),
          .examples = {"rollback hello", "rollback hello --if-revision 7"},
          .notes = std::string(kLongChangeNotes) + kAdminExitCodes + kFailureNotes};
}

Result<HttpCall> rollback_call(const ParsedCommand& command) {
  auto call = call_for(command, "rollback");
  if (!call.ok()) return call;
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  add_state(json, command);
  json.end_object();
  call.value().body = std::move(body);
  return call;
}

std::string show_rollback(const ParsedCommand& command, const JsonValue& answer) {
  return render_reload(command.operands.front(), "rolled back", answer);
}

CommandSyntax promote_syntax() {
  return {.name = "promote",
          .summary =
              "Has the version of a plugin that is on trial take over now, whatever it has shown. "
              "'backplane operations' lists what is on trial; --abort there is the opposite.",
          .operands = {"PLUGIN"},
          .options = options_with({}),
          .examples = {"promote hello", "promote hello --if-revision 7"},
          .notes = std::string(kLongChangeNotes) + kAdminExitCodes};
}

Result<HttpCall> promote_call(const ParsedCommand& command) {
  return call_for(command, "promote");
}

std::string show_promote(const ParsedCommand& command, const JsonValue& answer) {
  return render_reload(command.operands.front(), "promoted", answer);
}

constexpr std::array<AdminCommand, 3> kCommands{{
    {reload_syntax, AdminConduct::kPrepares, reload_call, show_reload},
    {rollback_syntax, AdminConduct::kPrepares, rollback_call, show_rollback},
    {promote_syntax, AdminConduct::kPrepares, promote_call, show_promote},
}};

}  // namespace

std::span<const AdminCommand> reload_commands() {
  return kCommands;
}

}  // namespace backplane::host
