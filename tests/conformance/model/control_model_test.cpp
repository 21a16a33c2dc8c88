#include "tests/conformance/model/control_model.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "host/base/random.hpp"
#include "tests/conformance/model/control_steps.hpp"
#include "tests/conformance/model/shrink.hpp"
#include "tests/support/host_fixture.hpp"
#include "tests/support/raw_client.hpp"
#include "tests/support/sanitized.hpp"

namespace backplane::host {
namespace {

// BACKPLANE_MODEL_STEPS and _SEED say otherwise; 20000 steps take a quarter of an hour.
constexpr int kSteps = kSanitized ? 30 : 90;
constexpr int kSequence = 250;  // steps of one host

int number_in(const char* variable, int otherwise) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? otherwise : std::atoi(text);
}

struct Tally {
  int steps = 0;
  int changes = 0;
  int refusals = 0;
  int restarts = 0;
};

// A host and a model that are taken through the same steps. Says where they part.
class ModelRun {
 public:
  explicit ModelRun(Tally& tally) : tally_(tally) { connect(); }

  // Empty: they agree.
  std::string take(const ModelStep& step) {
    const std::uint64_t former = model_.revision();
    const ModelAnswer expected = model_.apply(step);
    ++tally_.steps;
    tally_.changes += model_.revision() > former ? 1 : 0;
    tally_.refusals += expected.status >= 400 ? 1 : 0;
    tally_.restarts += step.kind == StepKind::kRestart ? 1 : 0;
    if (step.kind == StepKind::kRestart) {
      host_.restart();
      connect();
    } else {
      const Answer answer = ask(admin_, request_of(step, former));
      std::string difference = compare(step, expected, answer);
      if (!difference.empty()) return difference;
    }
    std::string difference = compare_state();
    if (difference.empty()) difference = compare_history();
    if (difference.empty()) difference = compare_traffic();
    return difference;
  }

 private:
  void connect() {
    admin_ = RawClient(host_.admin_port());
    data_ = RawClient(host_.data_port());
  }

  static Answer ask(RawClient& client, const ModelRequest& request) {
    HostFixture::Fields fields;
    if (!request.body.empty()) fields.emplace_back("Content-Type", "application/json");
    if (!request.if_match.empty()) fields.emplace_back("If-Match", request.if_match);
    auto response = client.ask(request_text(request.method, request.target, fields, request.body));
    return response ? Answer(std::move(*response)) : Answer();
  }
  Answer look(const std::string& target) { return ask(admin_, {"GET", target, "", ""}); }

  std::string compare(const ModelStep& step, const ModelAnswer& expected, const Answer& answer) {
    if (answer.status() != expected.status || answer.code() != expected.code) {
      return "answered " + answer.refusal() + ", wanted " + std::to_string(expected.status) + " " +
             expected.code + ": " + answer.body();
    }
    if (answer.status() >= 400) return {};
    const std::string revision = std::to_string(model_.revision());
    if (answer.at("/revision") != revision || answer.header("ETag") != '"' + revision + '"') {
      return "answered with revision " + answer.at("/revision") + ", wanted " + revision;
    }
    const bool tells =
        step.dry_run || step.kind == StepKind::kPutApp || step.kind == StepKind::kUndo;
    const std::string changed = expected.changed ? "true" : "false";
    if (tells && answer.at("/changed") != changed) return "said the wrong thing of a change";
    if (tells && (answer.at("/diff") == "[]") == expected.changed) return "gave a wrong diff";
    return {};
  }

  std::string compare_state() {
    const Answer app = look("/v1/app");
    const std::string wanted = json_of(model_.state());
    if (app.body() != wanted + "\n") return "is now " + app.body() + "wanted     " + wanted;
    const std::string tag = '"' + std::to_string(model_.revision()) + '"';
    return app.header("ETag") == tag ? "" : "is at " + app.header("ETag") + ", wanted " + tag;
  }

  // The newest entry, and the whole of a former one.
  std::string compare_history() {
    if (model_.revision() == 0) return {};
    const Answer head = look("/v1/history?limit=1");
    const ControlModel::Revision& newest = model_.revisions().back();
    const std::string restores = newest.restores == 0 ? "" : std::to_string(newest.restores);
    if (head.at("/revisions/0/revision") != std::to_string(model_.revision()) ||
        head.text_at("/revisions/0/action") != newest.action ||
        head.at("/revisions/0/restores") != restores) {
      return "has the history " + head.body() + ", wanted " + newest.action;
    }
    const std::uint64_t old = 1 + draw_.below(static_cast<std::uint32_t>(model_.revision()));
    const std::string app = look("/v1/history/" + std::to_string(old)).at("/app");
    const std::string wanted = json_of(model_.revisions()[old].state);
    return app == wanted ? "" : "had once " + app + ", wanted " + wanted;
  }

  // What one request to each route is answered.
  std::string compare_traffic() {
    for (const char* const route : {"/x", "/y", "/z", "/both"}) {
      const Answer answer = ask(data_, {"GET", route, "", ""});
      const std::string word = answer.status() == 200 ? answer.body() : answer.refusal();
      const std::set<std::string> possible = answers_of(route);
      if (possible.count(word) > 0) continue;
      return std::string("answers '") + word + "' at " + route + ", wanted " + *possible.begin() +
             (possible.size() > 1 ? " or another" : "");
    }
    return {};
  }

  std::set<std::string> answers_of(const std::string& route) const {
    for (const auto& [name, endpoint] : model_.state().endpoints) {
      if (endpoint.route != route) continue;
      std::set<std::string> answers;
      for (const auto& [tag, weight] : endpoint.traffic) {
        const ModelBackend& backend = model_.state().backends.at(tag);
        std::string answer = "hello2";
        if (backend.plugin != "hello2") {
          answer = backend.user_config.empty() ? "none" : '"' + backend.user_config + '"';
        }
        if (weight > 0) answers.insert(answer);
      }
      return answers.empty() ? std::set<std::string>{"503 no_traffic"} : answers;
    }
    return {"404 no_route"};
  }

  Tally& tally_;
  HostFixture host_{{"user_config_echo", "hello2", "ctorfail"}};
  ControlModel model_;
  RawClient admin_;
  RawClient data_;
  Random draw_{1};
};

struct Parting {
  std::size_t steps = 0;  // up to the one that differs, and with it
  std::string difference;
};

std::optional<Parting> first_difference(const std::vector<ModelStep>& steps, Tally& tally) {
  ModelRun run(tally);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    std::string difference = run.take(steps[i]);
    if (!difference.empty()) return Parting{i + 1, std::move(difference)};
  }
  return std::nullopt;
}

// The shortest way there, for people.
std::string report(std::vector<ModelStep> steps, const Parting& parting) {
  steps.resize(parting.steps);
  Tally tries;
  const auto shortest = shrink(std::move(steps), [&tries](const std::vector<ModelStep>& fewer) {
    return first_difference(fewer, tries).has_value();
  });
  std::string text;
  for (const ModelStep& step : shortest) text += "  " + text_of(step) + "\n";
  const auto again = first_difference(shortest, tries);
  return text + "then the host " + (again ? again->difference : "does not do it again");
}

void compare_sequences(int first_seed, int steps) {
  const int sequences = (steps + kSequence - 1) / kSequence;
  Tally tally;
  for (int i = 0; i < sequences; ++i) {
    const int seed = number_in("BACKPLANE_MODEL_SEED", first_seed) + i;
    Random random(static_cast<std::uint64_t>(seed));
    const int length = std::min(steps, kSequence);
    std::vector<ModelStep> sequence;
    sequence.reserve(static_cast<std::size_t>(length));
    for (int k = 0; k < length; ++k) sequence.push_back(random_step(random));
    const auto parting = first_difference(sequence, tally);
    if (!parting) continue;
    FAIL_CHECK("seed ", seed, ", step ", parting->steps, ": the host ", parting->difference,
               "\nThe shortest way there:\n", report(std::move(sequence), *parting));
    return;
  }
  MESSAGE(tally.steps, " steps: ", tally.changes, " changes, ", tally.refusals, " refusals, ",
          tally.restarts, " restarts");
}

}  // namespace

TEST_SUITE("model") {
  TEST_CASE("model: the host does what the model does") {
    compare_sequences(1, number_in("BACKPLANE_MODEL_STEPS", kSteps));
  }

  TEST_CASE("model: the host does what the model does, on other ways") {
    if (std::getenv("BACKPLANE_MODEL_STEPS") == nullptr) compare_sequences(1'000, kSteps);
  }

  TEST_CASE("shrink: of many steps those are left that matter") {
    std::vector<int> steps(1'000);
    for (int i = 0; i < 1'000; ++i) steps[static_cast<std::size_t>(i)] = i;
    int tries = 0;
    const auto shortest = shrink(steps, [&tries](const std::vector<int>& fewer) {
      ++tries;
      const auto has = [&fewer](int step) {
        return std::find(fewer.begin(), fewer.end(), step) != fewer.end();
      };
      return has(17) && has(18) && has(900);
    });
    CHECK(shortest == std::vector<int>{17, 18, 900});
    CHECK(tries < 200);
  }
}

}  // namespace backplane::host
