#include "host/cli/change_commands.hpp"

#include <array>
#include <chrono>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "host/cli/json_fields.hpp"
#include "host/cli/typed_words.hpp"
#include "host/json/json_writer.hpp"

namespace backplane::host {
namespace {

// Replicas are made first, or finish what they do.
constexpr std::chrono::milliseconds kPatience{120'000};
// Above what any host takes; which of them it takes is for it to say.
constexpr std::uint64_t kLargestCount = std::numeric_limits<std::uint32_t>::max();

std::vector<OptionSyntax> options_with(std::vector<OptionSyntax> own,
                                       const std::string& timeout_ms = "10000") {
  for (OptionSyntax& option : change_option_syntaxes()) own.push_back(std::move(option));
  for (OptionSyntax& option : admin_option_syntaxes(timeout_ms)) own.push_back(std::move(option));
  return own;
}

std::string with_revision(const std::string& text, const JsonValue& answer) {
  return text + " (revision " + text_at(answer, "revision") + ")\n";
}

// ENDPOINT a=0.7 b=0.3, for the endpoint's `member`.
Result<HttpCall> shares_call(const ParsedCommand& command, const std::string& member) {
  const std::string& endpoint = command.operands.front();
  Status good = check_endpoint_word(endpoint);
  if (!good.ok()) return std::move(good).error();
  auto shares = read_shares(std::span(command.operands).subspan(1));
  if (!shares.ok()) return std::move(shares).error();
  return HttpCall{.method = "PUT",
                  .target = "/v1/endpoints/" + endpoint + "/" + member,
                  .body = std::move(shares).value()};
}

CommandSyntax traffic_syntax() {
  return {.name = "traffic",
          .summary =
              "Splits an endpoint's requests over backends by weight, from the next request "
              "on and without losing one. The weights replace those of before and sum to 1.",
          .operands = {"ENDPOINT"},
          .repeated = "BACKEND=WEIGHT",
          .options = options_with({}),
          .examples = {"traffic split blue=0.9 green=0.1", "traffic split green=1 --if-revision 7"},
          .notes = kAdminExitCodes};
}

Result<HttpCall> traffic_call(const ParsedCommand& command) {
  return shares_call(command, "traffic");
}

std::string show_traffic(const ParsedCommand& command, const JsonValue& answer) {
  return with_revision(
      "endpoint '" + command.operands.front() + "': traffic " + shares_at(answer, "traffic"),
      answer);
}

CommandSyntax policy_syntax() {
  return {.name = "policy",
          .summary =
              "Sets how an endpoint chooses a backend for each request; its weights and "
              "shadows stay. config/README.md says what each policy does.",
          .operands = {"ENDPOINT", "random|round_robin|power_of_two|fixed_packing"},
          .options = options_with({{"packing-num", "N",
                                    "For fixed_packing, and needed there: how many requests in a "
                                    "row go to one backend."}}),
          .examples = {"policy split power_of_two", "policy split fixed_packing --packing-num 3"},
          .notes = kAdminExitCodes};
}

Result<HttpCall> policy_call(const ParsedCommand& command) {
  const std::string& endpoint = command.operands[0];
  Status good = check_endpoint_word(endpoint);
  if (!good.ok()) return std::move(good).error();
  HttpCall call{.method = "PUT", .target = "/v1/endpoints/" + endpoint + "/policy"};
  JsonWriter json(call.body);
  json.begin_object().member("policy", command.operands[1]);
  if (command.has("packing-num")) {
    const auto number = read_number("--packing-num", command.value("packing-num"), kLargestCount);
    if (!number.ok()) return number.error();
    json.member("packing_num", number.value());
  }
  json.end_object();
  return call;
}

std::string show_policy(const ParsedCommand& command, const JsonValue& answer) {
  const std::string packing = text_at(answer, "packing_num");
  return with_revision("endpoint '" + command.operands[0] + "': policy " +
                           text_at(answer, "policy") + (packing.empty() ? "" : " " + packing),
                       answer);
}

CommandSyntax shadows_syntax() {
  return {.name = "shadows",
          .summary =
              "Sends copies of a share of an endpoint's requests to backends whose answers "
              "nobody gets. The shares replace those of before; 0 takes a shadow away.",
          .operands = {"ENDPOINT"},
          .repeated = "BACKEND=SHARE",
          .options = options_with({}),
          .examples = {"shadows split green=0.1", "shadows split green=0"},
          .notes = kAdminExitCodes};
}

Result<HttpCall> shadows_call(const ParsedCommand& command) {
  return shares_call(command, "shadows");
}

std::string show_shadows(const ParsedCommand& command, const JsonValue& answer) {
  const std::string shadows = shares_at(answer, "shadows");
  return with_revision("endpoint '" + command.operands.front() +
                           "': " + (shadows.empty() ? "no shadows" : "shadows " + shadows),
                       answer);
}

CommandSyntax scale_syntax() {
  return {.name = "scale",
          .summary =
              "Sets how many replicas a backend has. New ones serve once they are ready; those "
              "that go finish what they are doing. No request is lost.",
          .operands = {"BACKEND", "N"},
          .options = options_with({}, std::to_string(kPatience.count())),
          .examples = {"scale blue 4", "scale blue 4 --dry-run"},
          .notes = std::string(kLongChangeNotes) + kAdminExitCodes};
}

Result<HttpCall> scale_call(const ParsedCommand& command) {
  const std::string& backend = command.operands[0];
  Status good = check_backend_word(backend);
  if (!good.ok()) return std::move(good).error();
  const auto replicas = read_number("the number of replicas", command.operands[1], kLargestCount);
  if (!replicas.ok()) return replicas.error();
  return HttpCall{.method = "PATCH",
                  .target = "/v1/backends/" + backend,
                  .body = R"({"config":{"num_replicas":)" + std::to_string(replicas.value()) + "}}",
                  .timeout = kPatience};
}

std::string show_scale(const ParsedCommand& command, const JsonValue& answer) {
  const std::string& count = command.operands[1];
  return with_revision(
      "backend '" + command.operands[0] + "': " + count + (count == "1" ? " replica" : " replicas"),
      answer);
}

CommandSyntax delete_syntax() {
  return {.name = "delete",
          .summary =
              "Takes an endpoint or a backend away. A backend must not be used by an "
              "endpoint any more; what waits in its queue is still answered.",
          .operands = {"backend|endpoint", "NAME"},
          .options = options_with({}, std::to_string(kPatience.count())),
          .examples = {"delete endpoint split", "delete backend blue --dry-run"},
          .notes = std::string(kLongChangeNotes) + kAdminExitCodes};
}

Result<HttpCall> delete_call(const ParsedCommand& command) {
  const std::string& kind = command.operands[0];
  const std::string& name = command.operands[1];
  if (kind != "backend" && kind != "endpoint") {
    return bad_word("found '" + kind + "', wanted backend or endpoint");
  }
  Status good = kind == "backend" ? check_backend_word(name) : check_endpoint_word(name);
  if (!good.ok()) return std::move(good).error();
  return HttpCall{.method = "DELETE", .target = "/v1/" + kind + "s/" + name, .timeout = kPatience};
}

std::string show_delete(const ParsedCommand& command, const JsonValue& answer) {
  return with_revision(command.operands[0] + " '" + command.operands[1] + "' is deleted", answer);
}

constexpr std::array<AdminCommand, 5> kCommands{{
    {traffic_syntax, AdminConduct::kChanges, traffic_call, show_traffic},
    {policy_syntax, AdminConduct::kChanges, policy_call, show_policy},
    {shadows_syntax, AdminConduct::kChanges, shadows_call, show_shadows},
    {scale_syntax, AdminConduct::kPrepares, scale_call, show_scale},
    {delete_syntax, AdminConduct::kPrepares, delete_call, show_delete},
}};

}  // namespace

std::span<const AdminCommand> change_commands() {
  return kCommands;
}

}  // namespace backplane::host
