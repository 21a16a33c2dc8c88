#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "host/plugin/conformance_verdict.hpp"
#include "host/plugin/plugin_text.hpp"
#include "host/plugin/preflight_code.hpp"

// judge_handler() of conformance_verdict.hpp.
namespace backplane::host {
namespace {

using Check = ConformanceCheck;
using Round = TrialRound;

constexpr std::string_view kGiveSample = "--request gives one that it takes";

// How errors are called that are the handler's own breach, whatever it was asked.
bool is_left_open(const TrialAnswer& answer) {
  return answer.fault == "handler_contract" || answer.fault == "batch_size_mismatch";
}

bool is_breach(const TrialAnswer& answer) {
  return !answer.answered || is_left_open(answer) || answer.fault == "bad_handler_response" ||
         answer.fault == "response_too_large";
}

std::string name_of(const TrialPlan& plan, const TrialRequest& request) {
  // The numbers are the child's word.
  if (request.bad) {
    const auto names = bad_body_names();
    if (request.number >= names.size()) return "a bad body";
    return "a bad body (" + std::string(names[request.number]) + ")";
  }
  constexpr std::size_t kShown = 40;
  std::string number = "sample " + std::to_string(request.number + 1);
  if (request.number >= plan.samples.size()) return number;
  const std::string& body = plan.samples[request.number];
  return number + (body.empty() ? " (an empty body)" : " (" + printable(body, kShown) + ")");
}

std::string shown(const TrialAnswer& answer) {
  if (!answer.answered) return "no answer in time";
  return std::to_string(answer.status) + " '" + answer.text + "'";
}

std::string place_of(const TrialAnswer& answer) {
  return answer.together == 1 ? std::string() : " in a call of " + std::to_string(answer.together);
}

// The check that the last call belongs to.
Check check_of(Round round) {
  switch (round) {
    case Round::kAlone:
    case Round::kAgain:
      return Check::kAnswers;
    case Round::kBatch:
    case Round::kMixed:
      return Check::kBatch;
    case Round::kBad:
    case Round::kAfter:
      break;
  }
  return Check::kErrors;
}

// The check that the end of the trial speaks against; nothing when it came to its end.
std::optional<Check> blamed(const HandlerTrialSeen& seen) {
  if (seen.outcome.ok()) return std::nullopt;
  if (seen.outcome.error().reason() == "plugin_env_tampering") return Check::kProcess;
  switch (seen.notes.stage.value_or(ProbeStage::kLoad)) {
    case ProbeStage::kLoad:
    case ProbeStage::kHandshake:
    case ProbeStage::kInit:
      return Check::kLoad;
    case ProbeStage::kCreate:
    case ProbeStage::kHealth:
    case ProbeStage::kDestroy:
      return Check::kCreate;
    case ProbeStage::kRequests:
      return seen.notes.asking ? check_of(seen.notes.asking->round) : Check::kAnswers;
    case ProbeStage::kDeinit:
    case ProbeStage::kUnload:
      break;
  }
  return Check::kUnload;
}

class HandlerJudge {
 public:
  HandlerJudge(const TrialPlan& plan, const HandlerTrialSeen& seen)
      : plan_(plan), seen_(seen), blamed_(blamed(seen)) {}

  std::vector<ConformanceResult> judge() const {
    return {judge_create(), judge_answers(), judge_errors(), judge_batch()};
  }

 private:
  ConformanceResult result(Check check, Verdict verdict, std::string reason) const {
    return {check, seen_.handler.name, verdict, std::move(reason)};
  }
  ConformanceResult pass(Check check, std::string reason) const {
    return result(check, Verdict::kPass, std::move(reason));
  }
  ConformanceResult fail(Check check, std::string reason) const {
    return result(check, Verdict::kFail, std::move(reason));
  }
  ConformanceResult skip(Check check, std::string reason) const {
    return result(check, Verdict::kSkipped, std::move(reason));
  }
  ConformanceResult not_reached(Check check) const {
    return skip(check, "not reached, see '" + std::string(word_of(*blamed_)) + "'");
  }

  // Why the trial of `check` ended before its time.
  ConformanceResult ended(Check check) const {
    const Error& error = seen_.outcome.error();
    std::string reason = error.message();
    if (check_is_of_requests(check) && seen_.notes.asking) {
      const TrialAnswer& asking = *seen_.notes.asking;
      reason = name_of(plan_, asking.request) + place_of(asking) + ": " + reason;
    } else if (const auto advice = advice_for(error.reason()); !advice.empty()) {
      reason += ". " + std::string(advice);
    }
    return fail(check, std::move(reason));
  }
  static bool check_is_of_requests(Check check) {
    return check == Check::kAnswers || check == Check::kErrors || check == Check::kBatch;
  }

  bool was_asked(Round round) const {
    return std::any_of(seen_.notes.answers.begin(), seen_.notes.answers.end(),
                       [round](const TrialAnswer& one) { return one.round == round; });
  }
  // The first breach in one of two rounds.
  const TrialAnswer* breach_in(Round one, Round other) const {
    const auto& answers = seen_.notes.answers;
    const auto found =
        std::find_if(answers.begin(), answers.end(), [one, other](const TrialAnswer& answer) {
          return (answer.round == one || answer.round == other) && is_breach(answer);
        });
    return found == answers.end() ? nullptr : &*found;
  }
  ConformanceResult fail_by(Check check, const TrialAnswer& answer) const {
    std::string reason = name_of(plan_, answer.request) + place_of(answer) + ": " + shown(answer);
    if (answer.answered) reason += ", " + answer.fault;
    reason += !answer.answered || is_left_open(answer)
                  ? ". Each request is owed one answer: before execute() returns, or later where "
                    "the handler is async"
                  : ". A host sends that in the place of the handler's answer";
    return fail(check, std::move(reason));
  }
  // How a request was answered by itself.
  const TrialAnswer* alone(const TrialRequest& request) const {
    const Round round = request.bad ? Round::kBad : Round::kAlone;
    const auto& answers = seen_.notes.answers;
    const auto found = std::find_if(answers.begin(), answers.end(), [&](const TrialAnswer& answer) {
      return answer.round == round && answer.request == request;
    });
    return found == answers.end() ? nullptr : &*found;
  }
  // The first answer of a round that is not as it was alone.
  const TrialAnswer* differing_in(Round round) const {
    for (const TrialAnswer& answer : seen_.notes.answers) {
      if (answer.round != round) continue;
      const TrialAnswer* before = alone(answer.request);
      if (before != nullptr && before->digest != answer.digest) return &answer;
    }
    return nullptr;
  }

  ConformanceResult judge_create() const {
    if (blamed_ == Check::kCreate) return ended(Check::kCreate);
    if (blamed_ == Check::kLoad) return ended(Check::kLoad);
    const bool made = seen_.outcome.ok() || seen_.notes.asking.has_value();
    if (!made) return not_reached(Check::kCreate);
    return pass(Check::kCreate, "made with its configuration, and healthy");
  }

  ConformanceResult judge_answers() const {
    constexpr Check kCheck = Check::kAnswers;
    if (const TrialAnswer* breach = breach_in(Round::kAlone, Round::kAgain)) {
      return fail_by(kCheck, *breach);
    }
    if (blamed_ == kCheck) return ended(kCheck);
    if (blamed_ && !was_asked(Round::kBad)) return not_reached(kCheck);
    const TrialBreaches breaches = seen_.notes.breaches.value_or(TrialBreaches());
    if (breaches.double_completions > 0) {
      return fail(kCheck, std::to_string(breaches.double_completions) +
                              " times a request was completed that was complete: only the first "
                              "call_complete() counts");
    }
    const auto& answers = seen_.notes.answers;
    const bool seen_elsewhere = std::any_of(answers.begin(), answers.end(), is_breach);
    if (breaches.violations > 0 && !seen_elsewhere) {
      return fail(kCheck, std::to_string(breaches.violations) +
                              " times a service of the host was used against abi.h: of a request "
                              "that is complete, or with wrong arguments");
    }
    std::string reason = std::to_string(plan_.samples.size()) + " requests, each answered once";
    const bool any_good = std::any_of(answers.begin(), answers.end(), [](const TrialAnswer& one) {
      return one.round == Round::kAlone && one.good();
    });
    if (!any_good && !answers.empty()) {
      reason += ", but all with errors, such as " + shown(answers.front()) + ": " +
                std::string(kGiveSample);
    }
    return pass(kCheck, std::move(reason));
  }

  ConformanceResult judge_errors() const {
    constexpr Check kCheck = Check::kErrors;
    if (const TrialAnswer* breach = breach_in(Round::kBad, Round::kAfter)) {
      return fail_by(kCheck, *breach);
    }
    if (blamed_ == kCheck) return ended(kCheck);
    if (blamed_ && !was_asked(Round::kBad)) return not_reached(kCheck);
    if (const TrialAnswer* after = differing_in(Round::kAfter)) {
      return fail(kCheck, name_of(plan_, after->request) +
                              " before: " + shown(*alone(after->request)) + "; after bad bodies: " +
                              shown(*after) + ". What a refused request began must be undone");
    }
    return pass(kCheck, summary_of_bad());
  }

  std::string summary_of_bad() const {
    std::size_t refused = 0;
    const TrialAnswer* failed = nullptr;
    for (const TrialAnswer& answer : seen_.notes.answers) {
      if (answer.round != Round::kBad || answer.status < 400) continue;
      ++refused;
      if (answer.status >= 500 && failed == nullptr) failed = &answer;
    }
    std::string text = std::to_string(bad_body_names().size()) + " bad bodies, each answered, " +
                       std::to_string(refused) + " with an error";
    if (failed == nullptr) return text;
    return text + "; the client's fault is a 400 (Error::invalid), and " +
           name_of(plan_, failed->request) + " was answered " + shown(*failed);
  }

  ConformanceResult judge_batch() const {
    constexpr Check kCheck = Check::kBatch;
    if (seen_.handler.max_batch <= 1) return skip(kCheck, "it takes one request at a time");
    if (const TrialAnswer* breach = breach_in(Round::kBatch, Round::kMixed)) {
      return fail_by(kCheck, *breach);
    }
    if (blamed_ == kCheck) return ended(kCheck);
    if (blamed_ && !was_asked(Round::kAfter)) return not_reached(kCheck);
    const auto& answers = seen_.notes.answers;
    if (const std::string none = nothing_to_compare(); !none.empty()) return skip(kCheck, none);
    if (const TrialAnswer* other = differing_in(Round::kBatch)) {
      return fail(kCheck, name_of(plan_, other->request) +
                              " alone: " + shown(*alone(other->request)) + ";" + place_of(*other) +
                              ": " + shown(*other) +
                              ". Each request of a batch gets the answer that it gets alone");
    }
    if (const TrialAnswer* other = differing_in(Round::kMixed)) {
      return fail(kCheck, name_of(plan_, other->request) +
                              " alone: " + shown(*alone(other->request)) +
                              "; beside one that is refused: " + shown(*other) +
                              ". Fail each request by itself (backplane::answer_each)");
    }
    const auto most = std::max_element(
        answers.begin(), answers.end(),
        [](const TrialAnswer& a, const TrialAnswer& b) { return a.together < b.together; });
    return pass(kCheck, "answers in calls of " + std::to_string(most->together) +
                            " are those of single ones" +
                            (was_asked(Round::kMixed) ? ", beside one that is refused, too" : ""));
  }

  std::string nothing_to_compare() const {
    const auto& answers = seen_.notes.answers;
    if (!steady_samples(answers).empty()) return {};
    const bool any_good = std::any_of(answers.begin(), answers.end(), [](const TrialAnswer& one) {
      return one.round == Round::kAlone && one.good();
    });
    if (!any_good) return "no sample is answered well: " + std::string(kGiveSample);
    return "answers to the same request differ each time, so that there is nothing to compare";
  }

  const TrialPlan& plan_;
  const HandlerTrialSeen& seen_;
  const std::optional<Check> blamed_;
};

}  // namespace

std::vector<ConformanceResult> judge_handler(const TrialPlan& plan, const HandlerTrialSeen& seen) {
  return HandlerJudge(plan, seen).judge();
}

}  // namespace backplane::host
