#include "host/cli/status_view.hpp"

#include "host/cli/human_numbers.hpp"
#include "host/cli/json_fields.hpp"
#include "host/cli/text_table.hpp"

namespace backplane::host {
namespace {

std::string backends_table(const JsonValue& answer) {
  TextTable table(
      {{"BACKEND"}, {"STATE"}, {"REPLICAS", Align::kRight}, {"QUEUED", Align::kRight}, {"ERROR"}});
  const auto backends = answer.find("backends");
  if (!backends) return {};
  for (const JsonValue& one : backends->children()) {
    table.add({std::string(one.key()), is_true_at(one, "ready") ? "ready" : "failed",
               text_at(one, "replicas"), text_at(one, "queued"), text_at(one, "error")});
  }
  return table.empty() ? "no backends\n" : table.text();
}

}  // namespace

std::string render_status(const JsonValue& answer) {
  const auto uptime = answer.find("uptime_seconds");
  const auto seconds = static_cast<std::int64_t>(uptime ? uptime->number().value_or(0) : 0);
  std::string text;
  add_line(text, "version",
           text_at(answer, "version") + ", ABI " + text_at(answer, "abi") + ", up " +
               human_seconds(seconds));
  add_line(text, "revision", text_at(answer, "revision"));
  add_line(text, "answers at", text_at(answer, "data_url"));
  add_line(text, "ready", is_true_at(answer, "ready") ? "yes" : "no");
  if (const auto causes = answer.find("causes")) {
    for (const JsonValue& cause : causes->children()) add_line(text, "", text_of(cause));
  }
  add_line(text, "draining", list_at(answer, "draining", ", "));
  return text + "\n" + backends_table(answer);
}

}  // namespace backplane::host
