#include "host/plugin/handler_trial.hpp"

#include <cstddef>
#include <numeric>
#include <optional>
#include <utility>

#include "host/json/json_reader.hpp"
#include "host/plugin/plugin_text.hpp"
#include "host/plugin/trial_words.hpp"

namespace backplane::host {
namespace {

// Of a body, for people.
constexpr std::size_t kShownBytes = 100;

// Errors tell the same by other words, such as the place in a batch: only their kind counts.
std::uint64_t digest_of(const AnswerCollector::Answer& answer) {
  std::string seen = std::to_string(answer.status) + "\n";
  if (answer.status < 400) seen += answer.head + "\n" + answer.body;
  if (answer.cut_off) seen += "\ncut off";
  return std::hash<std::string>()(seen);
}

// Of an error what is said of it, of another answer the body.
std::string words_of(const AnswerCollector::Answer& answer) {
  if (answer.status < 400) return answer.body;
  const auto problem = parse_json(answer.body);
  if (!problem.ok()) return answer.body;
  const auto detail = problem.value().root().find("detail");
  return std::string(detail ? detail->string().value_or(answer.body) : answer.body);
}

}  // namespace

Status HandlerTrial::run(HandlerInstance& instance, const HandlerDescription& description,
                         const ContractCounts& counts) {
  auto collector = AnswerCollector::start();
  if (!collector.ok()) return std::move(collector).error();
  collector_ = std::move(collector).value();
  instance_ = &instance;
  description_ = &description;
  answers_.clear();
  Status asked = ask_each(TrialRound::kAlone, false, plan_.samples.size());
  if (asked.ok()) asked = ask_each(TrialRound::kAgain, false, plan_.samples.size());
  if (asked.ok()) asked = ask_each(TrialRound::kBad, true, bad_body_names().size());
  if (asked.ok() && description.max_batch > 1) asked = ask_together();
  const std::vector<std::uint32_t> steady = steady_samples(answers_);
  if (asked.ok() && !steady.empty()) {
    asked = ask(TrialRound::kAfter, {{.bad = false, .number = steady.front()}});
  }
  say_(breaches_line({.violations = counts.violations.load(),
                      .double_completions = counts.double_completions.load()}));
  if (asked.ok()) collector_.reset();
  return asked;
}

Status HandlerTrial::ask_each(TrialRound round, bool bad, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    Status asked = ask(round, {{.bad = bad, .number = static_cast<std::uint32_t>(i)}});
    if (!asked.ok()) return asked;
  }
  return {};
}

Status HandlerTrial::ask_together() {
  std::vector<std::uint32_t> samples = steady_samples(answers_);
  std::optional<TrialRequest> refused;
  if (!samples.empty()) {
    refused = refused_request(answers_);
  } else {
    // Nothing to compare: but each must be answered.
    samples.resize(plan_.samples.size());
    std::iota(samples.begin(), samples.end(), 0U);
  }
  for (std::vector<TrialRequest>& batch : batches_of(samples, description_->max_batch)) {
    Status asked = ask(TrialRound::kBatch, batch);
    if (asked.ok() && refused) {
      batch[batch.size() / 2] = *refused;
      asked = ask(TrialRound::kMixed, batch);
    }
    if (!asked.ok()) return asked;
  }
  return {};
}

Status HandlerTrial::ask(TrialRound round, const std::vector<TrialRequest>& requests) {
  std::vector<std::string> bodies;
  bodies.reserve(requests.size());
  for (const TrialRequest& request : requests) bodies.push_back(body_of(request));
  say_(asking_line(round, requests.front(), requests.size()));
  const auto seen = collector_->ask(*instance_, *description_, bodies, plan_.patience);
  bool all = true;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    const AnswerCollector::Answer& answer = seen[i];
    answers_.push_back(
        {.round = round,
         .request = requests[i],
         .together = static_cast<std::uint32_t>(requests.size()),
         .answered = answer.answered,
         .status = answer.status,
         .fault = std::string(kHandlerFaultNames[static_cast<std::size_t>(answer.fault)]),
         .digest = digest_of(answer),
         .text = printable(words_of(answer), kShownBytes)});
    say_(answer_line(answers_.back()));
    all = all && answer.answered;
  }
  if (all) return {};
  return Error(ErrorCode::kInvalidArgument, "plugin_probe_failed",
               "an answer did not come within " + std::to_string(plan_.patience.count()) + " ms");
}

std::string HandlerTrial::body_of(const TrialRequest& request) const {
  return request.bad ? bad_body(request.number) : plan_.samples[request.number];
}

}  // namespace backplane::host
