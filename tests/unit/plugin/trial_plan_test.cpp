#include "host/plugin/trial_plan.hpp"

#include <set>
#include <string>

#include <doctest/doctest.h>

#include "host/json/json_reader.hpp"

namespace backplane::host {
namespace {

TrialAnswer answer(TrialRound round, std::uint32_t number, std::uint32_t status,
                   std::uint64_t digest) {
  return {.round = round,
          .request = {.bad = round == TrialRound::kBad, .number = number},
          .status = status,
          .digest = digest};
}

}  // namespace

TEST_SUITE("plugin") {
  TEST_CASE("trial: every word of a round leads back to it, and no other word to any") {
    for (const TrialRound round : {TrialRound::kAlone, TrialRound::kAgain, TrialRound::kBad,
                                   TrialRound::kBatch, TrialRound::kMixed, TrialRound::kAfter}) {
      CHECK(trial_round_of(word_of(round)) == round);
    }
    CHECK_FALSE(trial_round_of("bad ").has_value());
  }

  TEST_CASE("trial: no strict reader of JSON takes a bad body, each of which has a name") {
    for (std::size_t i = 0; i < bad_body_names().size(); ++i) {
      CAPTURE(bad_body_names()[i]);
      const bool is_number = i == 4;  // which may be beyond every double
      CHECK(parse_json(bad_body(i)).ok() == is_number);
    }
    CHECK(bad_body(bad_body_names().size() - 2) != bad_body(bad_body_names().size() - 1));
  }

  TEST_CASE("trial: samples are steady that are answered well and twice alike") {
    const std::vector<TrialAnswer> answers{
        answer(TrialRound::kAlone, 0, 200, 7),  answer(TrialRound::kAlone, 1, 200, 8),
        answer(TrialRound::kAlone, 2, 400, 9),  answer(TrialRound::kAlone, 3, 204, 1),
        answer(TrialRound::kAlone, 4, 200, 2),  answer(TrialRound::kAgain, 0, 200, 7),
        answer(TrialRound::kAgain, 1, 200, 88), answer(TrialRound::kAgain, 2, 400, 9),
        answer(TrialRound::kAgain, 3, 204, 1)};
    CHECK(steady_samples(answers) == std::vector<std::uint32_t>{0, 3});
  }

  TEST_CASE("trial: what is refused is what alone got an error that is the client's") {
    CHECK_FALSE(refused_request(std::vector{answer(TrialRound::kAlone, 0, 200, 1),
                                            answer(TrialRound::kBad, 0, 500, 1),
                                            answer(TrialRound::kBatch, 1, 400, 1)})
                    .has_value());
    const auto refused = refused_request(
        std::vector{answer(TrialRound::kAlone, 0, 200, 1), answer(TrialRound::kBad, 2, 400, 1)});
    CHECK(refused == TrialRequest{.bad = true, .number = 2});
  }

  TEST_CASE("trial: batches hold each sample, and as many requests as they may") {
    const std::vector<std::uint32_t> samples{1, 4, 5};
    for (const std::uint32_t max_batch : {2U, 3U, 7U, 64U, 1000U}) {
      CAPTURE(max_batch);
      std::set<std::uint32_t> seen;
      for (const auto& batch : batches_of(samples, max_batch)) {
        CHECK(batch.size() == std::min(max_batch, 64U));
        for (const TrialRequest& request : batch) seen.insert(request.number);
      }
      CHECK(seen == std::set<std::uint32_t>{1, 4, 5});
    }
    CHECK(batches_of({}, 64).empty());
  }
}

}  // namespace backplane::host
