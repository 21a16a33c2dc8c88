#include "host/cli/operations_view.hpp"

#include <cmath>

#include "host/cli/admin_answer.hpp"
#include "host/cli/human_numbers.hpp"
#include "host/cli/json_fields.hpp"
#include "host/cli/reload_view.hpp"
#include "host/cli/text_table.hpp"

namespace backplane::host {
namespace {

// A line that is written over itself must not wrap on the narrowest terminal.
constexpr std::size_t kProgressWidth = 79;

std::string built_of(const JsonValue& operation) {
  const std::string to_build = text_at(operation, "to_build");
  if (to_build.empty() || to_build == "0") return {};
  return text_at(operation, "built") + " of " + to_build;
}

// "45 of 100 requests, 0 failed"; empty of what was not on trial.
std::string trial_of(const JsonValue& operation) {
  const std::string requests = text_at(operation, "trial", "requests");
  if (requests.empty()) return {};
  return requests + " of " + text_at(operation, "trial", "min_requests") + " requests, " +
         text_at(operation, "trial", "errors") + " failed";
}

std::string trial_p99_of(const JsonValue& operation) {
  const auto trial = operation.find("trial");
  const auto p99 = trial ? trial->find("p99_ms") : std::nullopt;
  if (!p99) return {};
  return human_microseconds(std::llround(p99->number().value_or(0) * 1000));
}

// ", 1 of 3 built", while that is what it does, or how the trial goes.
std::string progress_words(const JsonValue& operation) {
  const std::string stage = text_at(operation, "stage");
  const std::string built = built_of(operation);
  if (stage == "building" && !built.empty()) return ", " + built + " built";
  const std::string trial = trial_of(operation);
  return stage == "canary" && !trial.empty() ? ", " + trial : std::string();
}

std::string name_of(const JsonValue& operation) {
  const std::string object = text_at(operation, "object");
  return text_at(operation, "action") + (object.empty() ? "" : " " + object);
}

// What came of it, in a few words.
std::string outcome_of(const JsonValue& operation) {
  const std::string revision = text_at(operation, "revision");
  if (!revision.empty()) return "revision " + revision;
  if (text_at(operation, "stage") == "canary") return trial_of(operation);
  return text_at(operation, "error", "detail");
}

}  // namespace

std::string render_operations(const JsonValue& answer) {
  TextTable table({{"ID", Align::kRight},
                   {"ACTION"},
                   {"STATE"},
                   {"STAGE"},
                   {"BUILT"},
                   {"STARTED"},
                   {"OUTCOME"}});
  const auto operations = answer.find("operations");
  if (operations) {
    for (const JsonValue& one : operations->children()) {
      table.add({operation_id(one), name_of(one), text_at(one, "state"), text_at(one, "stage"),
                 built_of(one), text_at(one, "started_at"), outcome_of(one)});
    }
  }
  return table.empty() ? "no operations\n" : table.text();
}

std::string render_operation(const JsonValue& operation) {
  std::string text;
  add_line(text, "operation", operation_id(operation));
  add_line(text, "action", name_of(operation));
  add_line(text, "state", text_at(operation, "state"));
  add_line(text, "stage", text_at(operation, "stage"));
  add_line(text, "built", built_of(operation));
  add_line(text, "trial", trial_of(operation));
  add_line(text, "p99", trial_p99_of(operation));
  add_line(text, "took", stage_times(operation));
  add_line(text, "started", text_at(operation, "started_at"));
  add_line(text, "finished", text_at(operation, "finished_at"));
  add_line(text, "revision", text_at(operation, "revision"));
  add_line(text, "error", text_at(operation, "error", "detail"));
  add_line(text, "code", text_at(operation, "error", "code"));
  add_line(text, "at", text_at(operation, "error", "pointer"));
  add_line(text, "while", text_at(operation, "error", "stage"));
  if (const auto warnings = operation.find("warnings")) {
    for (const JsonValue& one : warnings->children()) add_line(text, "warning", text_of(one));
  }
  return text;
}

std::string operation_line(const JsonValue& operation) {
  const std::string stage = text_at(operation, "stage");
  std::string line = "operation " + operation_id(operation) + " " + name_of(operation) + ": " +
                     (is_running(operation) ? stage : text_at(operation, "state"));
  if (!is_running(operation)) {
    const std::string outcome = outcome_of(operation);
    return outcome.empty() ? line : line + ", " + outcome;
  }
  return line + progress_words(operation);
}

std::string progress_line(const JsonValue& operation, std::chrono::seconds elapsed) {
  std::string line = name_of(operation) + ": " + text_at(operation, "stage");
  line += progress_words(operation);
  return cut_to(printable(line + ", " + std::to_string(elapsed.count()) + " s"), kProgressWidth);
}

std::string operation_id(const JsonValue& operation) {
  return text_at(operation, "id");
}

bool is_running(const JsonValue& operation) {
  return text_at(operation, "state") == "running";
}

Status operation_outcome(const JsonValue& operation) {
  const std::string state = text_at(operation, "state");
  if (state == "succeeded") return {};
  if (state == "aborted") {
    return Error(ErrorCode::kConflict, "operation_aborted",
                 "operation " + operation_id(operation) + " was aborted; nothing was changed");
  }
  const auto error = operation.find("error");
  if (!error) {
    return Error(ErrorCode::kInternal, "operation " + operation_id(operation) + " is " + state);
  }
  // As if the call itself had been answered with it.
  return described_error(static_cast<unsigned>(count_at(*error, "status")), *error);
}

}  // namespace backplane::host
