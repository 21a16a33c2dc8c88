#include "host/plugin/trial_plan.hpp"

#include <algorithm>
#include <array>

namespace backplane::host {
namespace {

// In the order of TrialRound.
constexpr std::array<std::string_view, 6> kRounds = {"alone", "again", "bad",
                                                     "batch", "mixed", "after"};

constexpr std::array<std::string_view, 7> kBadBodies = {"JSON that is cut off",
                                                        "bytes that are not UTF-8",
                                                        "a NUL byte",
                                                        "100,000 nested arrays",
                                                        "a number beyond every double",
                                                        "an object with one name twice",
                                                        "one string of 1 MiB without end"};

// A larger call would say no more, and take longer to answer.
constexpr std::uint32_t kLargestBatch = 64;

const TrialAnswer* find(std::span<const TrialAnswer> answers, TrialRound round,
                        const TrialRequest& request) {
  const auto found = std::find_if(answers.begin(), answers.end(), [&](const TrialAnswer& one) {
    return one.round == round && one.request == request;
  });
  return found == answers.end() ? nullptr : &*found;
}

}  // namespace

std::vector<std::string> generic_samples() {
  return {"", "null", "1", "\"x\"", "{}", "[1,2]"};
}

std::span<const std::string_view> bad_body_names() {
  return kBadBodies;
}

std::string bad_body(std::size_t number) {
  constexpr std::size_t kNested = 100'000;
  constexpr std::size_t kLong = std::size_t{1} << 20U;
  switch (number) {
    case 0:
      return R"({"a": [1, )";
    case 1:
      return "\"\xff\xfe\xc0\x80\"";
    case 2:
      return std::string("{\"a\": \0}", 8);
    case 3:
      return std::string(kNested, '[');
    case 4:
      return "-1e999999";
    case 5:
      return R"({"a": 1, "a": 2})";
    default:
      return "\"" + std::string(kLong, 'x');
  }
}

std::string_view word_of(TrialRound round) {
  return kRounds[static_cast<std::size_t>(round)];
}

std::optional<TrialRound> trial_round_of(std::string_view word) {
  for (std::size_t i = 0; i < kRounds.size(); ++i) {
    if (kRounds[i] == word) return static_cast<TrialRound>(i);
  }
  return std::nullopt;
}

std::vector<std::uint32_t> steady_samples(std::span<const TrialAnswer> answers) {
  std::vector<std::uint32_t> steady;
  for (const TrialAnswer& answer : answers) {
    if (answer.round != TrialRound::kAlone || !answer.good()) continue;
    const TrialAnswer* again = find(answers, TrialRound::kAgain, answer.request);
    if (again == nullptr || again->digest != answer.digest) continue;
    steady.push_back(answer.request.number);
  }
  return steady;
}

std::optional<TrialRequest> refused_request(std::span<const TrialAnswer> answers) {
  for (const TrialAnswer& answer : answers) {
    const bool alone = answer.round == TrialRound::kAlone || answer.round == TrialRound::kBad;
    if (alone && answer.answered && answer.status >= 400 && answer.status < 500) {
      return answer.request;
    }
  }
  return std::nullopt;
}

std::vector<std::vector<TrialRequest>> batches_of(std::span<const std::uint32_t> samples,
                                                  std::uint32_t max_batch) {
  std::vector<std::vector<TrialRequest>> batches;
  if (samples.empty()) return batches;
  const std::size_t size = std::min(max_batch, kLargestBatch);
  for (std::size_t next = 0; next < samples.size(); next += size) {
    std::vector<TrialRequest>& batch = batches.emplace_back();
    batch.reserve(size);
    for (std::size_t i = 0; i < size; ++i) {
      batch.push_back({.bad = false, .number = samples[(next + i) % samples.size()]});
    }
  }
  return batches;
}

}  // namespace backplane::host
