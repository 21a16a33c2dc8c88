#include "host/plugin/probe_answer.hpp"

#include <cstdint>
#include <cstring>
#include <limits>
#include <utility>

#include "host/json/json_reader.hpp"
#include "host/json/json_writer.hpp"
#include "host/json/utf8.hpp"
#include "host/plugin/handler_json.hpp"
#include "host/plugin/plugin_text.hpp"
#include "host/plugin/preflight_code.hpp"

namespace backplane::host {
namespace {

constexpr JsonLimits kLimits{.max_bytes = kMaxProbeAnswer, .max_depth = 8, .max_tokens = 20'000};
constexpr std::size_t kMaxHandlers = 256;
constexpr std::size_t kMaxMessage = 1000;

// Where a child is, as far as it has told.
struct Place {
  std::optional<ProbeStage> stage;
  std::string backend;
  std::int64_t reload = 0;  // in a trial of those; its number
};

std::string text_of(const JsonValue& object, std::string_view name) {
  const auto member = object.find(name);
  return std::string(member ? member->string().value_or("") : "");
}

bool truth_of(const JsonValue& object, std::string_view name) {
  const auto member = object.find(name);
  return member && member->boolean().value_or(false);
}

std::string cut(const std::string& text) {
  const std::string_view head = std::string_view(text).substr(0, kMaxMessage);
  return std::string(head.substr(0, utf8_prefix(head)));
}

Error failed_at(const Place& place, std::string reason, const std::string& what) {
  std::string message =
      "stage '" + std::string(place.stage ? word_of(*place.stage) : "start") + "' of " +
      (place.reload > 0 ? "reload " + std::to_string(place.reload) : std::string("the probe"));
  if (!place.backend.empty()) message += ", backend '" + place.backend + "'";
  return {ErrorCode::kInvalidArgument, std::move(reason), message + ": " + what};
}

Error failed_at(const Place& place, const std::string& what) {
  return failed_at(place, "plugin_probe_failed", what);
}

// For a child that did not say how it came out.
Error judge_ending(const Place& place, const ProbeEnding& ending, std::chrono::milliseconds limit) {
  if (ending.timed_out) {
    return failed_at(place, "it did not end in time (" + std::to_string(limit.count()) + " ms)");
  }
  if (ending.exit_status == kExitSpeechless) {
    return failed_at(place, "plugin_env_tampering",
                     "it closed, or wrote to, descriptors that are not its own");
  }
  if (ending.exit_status) {
    return failed_at(
        place, "it ended the process with exit status " + std::to_string(*ending.exit_status));
  }
  const char* name = sigabbrev_np(ending.signal);
  const char* words = sigdescr_np(ending.signal);
  std::string signal = name == nullptr ? std::to_string(ending.signal) : std::string("SIG") + name;
  if (words != nullptr) signal.append(" (").append(words).append(")");
  return failed_at(place, "it ended the process with signal " + signal);
}

std::optional<HandlerDescription> read_handler(const JsonValue& object) {
  const auto member = object.find("max_batch");
  const std::int64_t max_batch = member ? member->integer().value_or(0) : 0;
  if (max_batch < 1 || max_batch > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return HandlerDescription{.name = printable(text_of(object, "name"), 64),
                            .version = printable(text_of(object, "version"), 64),
                            .max_batch = static_cast<std::uint32_t>(max_batch),
                            .stateless = truth_of(object, "stateless"),
                            .never_blocks = truth_of(object, "never_blocks"),
                            .async = truth_of(object, "async"),
                            .streams = truth_of(object, "streams"),
                            .reconfigurable = truth_of(object, "reconfigurable")};
}

std::optional<ProbeReport> read_report(const JsonValue& object) {
  const auto handlers = object.find("handlers");
  const auto warnings = object.find("warnings");
  if (!handlers || !warnings || handlers->size() > kMaxHandlers) return std::nullopt;
  ProbeReport report;
  for (const JsonValue& handler : handlers->children()) {
    auto read = read_handler(handler);
    if (!read) return std::nullopt;
    report.handlers.push_back(*std::move(read));
  }
  for (const std::string_view known : {kWillPin, kLeavesThreads}) {
    for (const JsonValue& warning : warnings->children()) {
      if (warning.string() != known) continue;
      report.warnings.emplace_back(known);
      break;
    }
  }
  return report;
}

// The end that `line`, a whole one, tells of; nothing when it only tells where the child is.
std::optional<Result<ProbeReport>> read_line(std::string_view line, Place& place) {
  const auto document = parse_json(line, kLimits);
  if (!document.ok()) return failed_at(place, "its answer cannot be read");
  const JsonValue root = document.value().root();
  if (const auto error = root.find("error")) {
    std::string reason = text_of(*error, "reason");
    // A word that nobody has heard of did not come from our code.
    if (advice_for(reason).empty()) reason = "plugin_probe_failed";
    return failed_at(place, std::move(reason), cut(text_of(*error, "message")));
  }
  if (const auto told = root.find("report")) {
    if (auto report = read_report(*told)) return *std::move(report);
    return failed_at(place, "its answer cannot be read");
  }
  if (const auto trial = root.find("trial")) {
    // For whoever reads those (trial_words.hpp), but for where it is.
    if (trial->string() == "reload") {
      place.stage = probe_stage_of(text_of(root, "at"));
      const auto number = root.find("number");
      place.reload = number ? number->integer().value_or(0) : 0;
    }
    return std::nullopt;
  }
  place.stage = probe_stage_of(text_of(root, "stage"));
  place.backend = printable(text_of(root, "backend"), 64);
  if (!place.stage) return failed_at(place, "its answer cannot be read");
  return std::nullopt;
}

}  // namespace

std::string stage_line(ProbeStage stage, std::string_view backend) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().member("stage", word_of(stage));
  if (!backend.empty()) json.member("backend", backend);
  json.end_object();
  return text + "\n";
}

std::string report_line(const ProbeReport& report) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().key("report").begin_object();
  write_handlers(json, report.handlers);
  json.key("warnings").begin_array();
  for (const std::string& warning : report.warnings) json.string(warning);
  json.end_array().end_object().end_object();
  return text + "\n";
}

std::string error_line(const Error& error) {
  std::string text;
  JsonWriter json(text);
  json.begin_object()
      .key("error")
      .begin_object()
      .member("reason", error.reason())
      .member("message", cut(to_utf8(error.message())))
      .end_object()
      .end_object();
  return text + "\n";
}

Result<ProbeReport> judge_probe(std::string_view said, const ProbeEnding& ending,
                                std::chrono::milliseconds limit) {
  Place place;
  for (std::size_t end = said.find('\n'); end != said.npos; end = said.find('\n')) {
    auto told = read_line(said.substr(0, end), place);
    if (told) return *std::move(told);
    said.remove_prefix(end + 1);
  }
  return judge_ending(place, ending, limit);
}

}  // namespace backplane::host
