#include "host/plugin/trial_words.hpp"

#include <algorithm>
#include <charconv>

#include "host/json/json_reader.hpp"
#include "host/json/json_writer.hpp"

namespace backplane::host {
namespace {

constexpr JsonLimits kLimits{.max_bytes = 4096, .max_depth = 4, .max_tokens = 64};

std::string_view text_of(const JsonValue& object, std::string_view name) {
  const auto member = object.find(name);
  return member ? member->string().value_or("") : std::string_view();
}

std::uint64_t number_of(const JsonValue& object, std::string_view name) {
  const auto member = object.find(name);
  const std::int64_t number = member ? member->integer().value_or(0) : 0;
  return number < 0 ? 0 : static_cast<std::uint64_t>(number);
}

std::uint32_t small_number_of(const JsonValue& object, std::string_view name) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(number_of(object, name), UINT32_MAX));
}

bool truth_of(const JsonValue& object, std::string_view name) {
  const auto member = object.find(name);
  return member && member->boolean().value_or(false);
}

void write_call(JsonWriter& json, std::string_view kind, TrialRound round,
                const TrialRequest& request, std::uint64_t together) {
  json.begin_object()
      .member("trial", kind)
      .member("round", word_of(round))
      .member("bad", request.bad)
      .member("number", std::uint64_t{request.number})
      .member("together", together);
}

std::optional<TrialAnswer> read_answer(const JsonValue& line) {
  const auto round = trial_round_of(text_of(line, "round"));
  if (!round) return std::nullopt;
  TrialAnswer answer{
      .round = *round,
      .request = {.bad = truth_of(line, "bad"), .number = small_number_of(line, "number")},
      .together = small_number_of(line, "together"),
      .answered = truth_of(line, "answered"),
      .status = small_number_of(line, "status"),
      .fault = std::string(text_of(line, "fault")),
      .digest = 0,
      .text = std::string(text_of(line, "text"))};
  // A JSON number is not good for 64 bits everywhere; text is.
  const std::string_view digest = text_of(line, "digest");
  std::from_chars(digest.data(), digest.data() + digest.size(), answer.digest);
  return answer;
}

ReloadMark read_mark(const JsonValue& line) {
  return {.reloads = small_number_of(line, "number"),
          .size = {.resident = number_of(line, "resident"),
                   .heap = number_of(line, "heap"),
                   .mappings = number_of(line, "mappings"),
                   .descriptors = number_of(line, "descriptors")}};
}

void read_line(const JsonValue& line, TrialNotes& notes) {
  const std::string_view kind = text_of(line, "trial");
  if (kind.empty() && line.find("stage")) notes.stage = probe_stage_of(text_of(line, "stage"));
  if (kind == "asking") {
    if (auto asking = read_answer(line)) notes.asking = std::move(asking);
  } else if (kind == "answer") {
    if (auto answer = read_answer(line)) notes.answers.push_back(*std::move(answer));
  } else if (kind == "breaches") {
    notes.breaches = {.violations = number_of(line, "violations"),
                      .double_completions = number_of(line, "double_completions")};
  } else if (kind == "reload") {
    notes.reload = small_number_of(line, "number");
    notes.reload_stage = probe_stage_of(text_of(line, "at"));
  } else if (kind == "mark") {
    notes.marks.push_back(read_mark(line));
  }
}

}  // namespace

std::string asking_line(TrialRound round, const TrialRequest& request, std::size_t together) {
  std::string text;
  JsonWriter json(text);
  write_call(json, "asking", round, request, together);
  json.end_object();
  return text + "\n";
}

std::string answer_line(const TrialAnswer& answer) {
  std::string text;
  JsonWriter json(text);
  write_call(json, "answer", answer.round, answer.request, answer.together);
  json.member("answered", answer.answered)
      .member("status", std::uint64_t{answer.status})
      .member("fault", answer.fault)
      .member("digest", std::to_string(answer.digest))
      .member("text", answer.text)
      .end_object();
  return text + "\n";
}

std::string breaches_line(const TrialBreaches& breaches) {
  std::string text;
  JsonWriter json(text);
  json.begin_object()
      .member("trial", "breaches")
      .member("violations", breaches.violations)
      .member("double_completions", breaches.double_completions)
      .end_object();
  return text + "\n";
}

std::string reload_line(std::uint32_t number, ProbeStage stage) {
  std::string text;
  JsonWriter json(text);
  json.begin_object()
      .member("trial", "reload")
      .member("number", std::uint64_t{number})
      .member("at", word_of(stage))
      .end_object();
  return text + "\n";
}

std::string mark_line(const ReloadMark& mark) {
  std::string text;
  JsonWriter json(text);
  json.begin_object()
      .member("trial", "mark")
      .member("number", std::uint64_t{mark.reloads})
      .member("resident", mark.size.resident)
      .member("heap", mark.size.heap)
      .member("mappings", mark.size.mappings)
      .member("descriptors", mark.size.descriptors)
      .end_object();
  return text + "\n";
}

TrialNotes read_trial(std::string_view said) {
  TrialNotes notes;
  for (std::size_t end = said.find('\n'); end != said.npos; end = said.find('\n')) {
    const auto document = parse_json(said.substr(0, end), kLimits);
    if (document.ok()) read_line(document.value().root(), notes);
    said.remove_prefix(end + 1);
  }
  return notes;
}

}  // namespace backplane::host
