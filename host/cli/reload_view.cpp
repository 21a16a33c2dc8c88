#include "host/cli/reload_view.hpp"

#include <cmath>

#include "host/cli/human_numbers.hpp"
#include "host/cli/json_fields.hpp"
#include "host/cli/text_cells.hpp"

namespace backplane::host {
namespace {

double milliseconds_of(const JsonValue& stage) {
  return stage.number().value_or(0);
}

std::string human_milliseconds(double milliseconds) {
  return human_microseconds(std::llround(milliseconds * 1000));
}

// A file that runs already is found out when it is staged; only others come to this stage.
bool was_built(const JsonValue& operation) {
  const auto stages = operation.find("stages_ms");
  return stages && stages->find("building");
}

std::string total_time(const JsonValue& operation) {
  double sum = 0;
  if (const auto stages = operation.find("stages_ms")) {
    for (const JsonValue& stage : stages->children()) sum += milliseconds_of(stage);
  }
  return human_milliseconds(sum);
}

}  // namespace

std::string render_reload(const std::string& plugin, std::string_view done,
                          const JsonValue& answer) {
  const JsonValue operation = answer.find("operation").value_or(answer);
  const std::string revision = " (revision " + text_at(answer, "revision") + ")\n";
  const bool changed = was_built(operation);
  std::string text = "plugin '" + plugin + "' ";
  text += changed ? "is " + std::string(done) : "runs this file already; --force loads it anew";
  const std::string generation = text_at(answer, "generation");
  if (changed && !generation.empty()) {
    text += ": generation " + generation + ", sha-256 " + short_digest(text_at(answer, "sha256"));
  }
  text += revision;
  const std::string times = stage_times(operation);
  if (changed && !times.empty()) text += "took " + total_time(operation) + ": " + times + "\n";
  if (const auto warnings = operation.find("warnings")) {
    for (const JsonValue& one : warnings->children()) {
      text += "warning: " + printable(text_of(one)) + "\n";
    }
  }
  return text;
}

std::string stage_times(const JsonValue& operation) {
  std::string text;
  const auto stages = operation.find("stages_ms");
  if (!stages) return text;
  for (const JsonValue& stage : stages->children()) {
    text += (text.empty() ? "" : ", ") + std::string(stage.key()) + " " +
            human_milliseconds(milliseconds_of(stage));
  }
  return text;
}

}  // namespace backplane::host
