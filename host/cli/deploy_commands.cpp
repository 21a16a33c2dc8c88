#include "host/cli/deploy_commands.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "host/cli/json_fields.hpp"
#include "host/cli/typed_words.hpp"
#include "host/config/app_document_reader.hpp"
#include "host/config/config_file.hpp"

namespace backplane::host {
namespace {

// Plugins are loaded and replicas made before the answer.
constexpr std::chrono::milliseconds kPatience{120'000};

std::vector<OptionSyntax> options_with(std::vector<OptionSyntax> own) {
  for (OptionSyntax& option : change_option_syntaxes()) own.push_back(std::move(option));
  for (OptionSyntax& option : admin_option_syntaxes(std::to_string(kPatience.count()))) {
    own.push_back(std::move(option));
  }
  return own;
}

CommandSyntax apply_syntax() {
  return {
      .name = "apply",
      .summary =
          "Makes a host serve what an app document says, all of it or nothing: shows what "
          "changes, then changes it as one revision. Where nothing differs, nothing is "
          "done.",
      .operands = {"FILE"},
      .options = options_with({}),
      .examples = {"apply config/apps/ab_split.json --dry-run", "apply config/apps/ab_split.json"},
      .notes = std::string(kLongChangeNotes) + kAdminExitCodes +
               " 78 says that the document is not good, which 'backplane check FILE' explains."};
}

// How many replicas are too many is for the host to say.
AppLimits host_decides() {
  AppLimits limits;
  limits.max_replicas = std::numeric_limits<std::uint32_t>::max();
  return limits;
}

Result<HttpCall> apply_call(const ParsedCommand& command) {
  auto file = ConfigFile::open(command.operands.front());
  if (!file.ok()) return std::move(file).error().with_reason("bad_document");
  std::vector<Error> errors;
  read_app_document(file.value().root(), host_decides(), errors);
  if (Status good = file.value().verdict(std::move(errors)); !good.ok()) {
    return std::move(good).error().with_reason("bad_document");
  }
  // As it was written: defaults that are not in it are the host's.
  return HttpCall{.method = "PUT",
                  .target = "/v1/app",
                  .body = std::string(file.value().root().source()),
                  .timeout = kPatience};
}

std::string show_apply(const ParsedCommand& /*command*/, const JsonValue& answer) {
  return "applied: revision " + text_at(answer, "revision") + "\n";
}

CommandSyntax undo_syntax() {
  return {.name = "undo",
          .summary =
              "Brings an earlier revision back as a new one: shows what changes, then changes "
              "it. Undo after undo goes further back; 'backplane history' lists revisions.",
          .options =
              options_with({{"to", "N", "The revision to bring back. Default: the one before."}}),
          .examples = {"undo", "undo --to 4 --dry-run"},
          .notes = std::string(kLongChangeNotes) + kAdminExitCodes};
}

Result<HttpCall> undo_call(const ParsedCommand& command) {
  HttpCall call{.method = "POST", .target = "/v1/undo", .body = "{}", .timeout = kPatience};
  if (!command.has("to")) return call;
  const auto revision =
      read_number("a revision", command.value("to"), std::numeric_limits<std::int64_t>::max());
  if (!revision.ok()) return revision.error();
  call.body = R"({"to":)" + std::to_string(revision.value()) + "}";
  return call;
}

std::string show_undo(const ParsedCommand& /*command*/, const JsonValue& answer) {
  const std::string restores = text_at(answer, "restores");
  return "undone: revision " + text_at(answer, "revision") +
         (restores.empty() ? "" : " is revision " + restores + " again") + "\n";
}

constexpr std::array<AdminCommand, 2> kCommands{{
    {apply_syntax, AdminConduct::kReplaces, apply_call, show_apply},
    {undo_syntax, AdminConduct::kReplaces, undo_call, show_undo},
}};

}  // namespace

std::span<const AdminCommand> deploy_commands() {
  return kCommands;
}

}  // namespace backplane::host
