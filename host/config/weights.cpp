#include "host/config/weights.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "host/json/json_value.hpp"

namespace backplane::host {
namespace {

// Sums nearer than this are exact up to rounding; such weights stay as they were written.
constexpr double kRounding = 1e-12;

std::string text_of(double number) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  return {text.data(), end};
}

Error refuse(std::string message, std::string pointer) {
  return Error(ErrorCode::kInvalidArgument, "invalid_weights", std::move(message))
      .with_pointer(std::move(pointer));
}

}  // namespace

Result<Weights> check_weights(const std::vector<std::pair<std::string, double>>& entries,
                              std::string_view pointer) {
  const std::string place(pointer);
  if (entries.empty()) return refuse("found no weights, wanted at least one above 0", place);
  if (entries.size() > kMaxWeights) {
    return refuse("found " + std::to_string(entries.size()) + " weights, wanted at most " +
                      std::to_string(kMaxWeights),
                  place);
  }
  Weights weights;
  double sum = 0;
  for (const auto& [tag, weight] : entries) {
    if (!std::isfinite(weight) || weight < 0) {
      return refuse("weight of '" + tag + "' is " + text_of(weight) +
                        ", wanted a finite number of at least 0",
                    place + pointer_step(tag));
    }
    // -0 is a zero like any other, and is kept as one.
    if (!weights.emplace(tag, weight + 0.0).second) {
      return refuse("backend '" + tag + "' has two weights", place + pointer_step(tag));
    }
    sum += weight;
  }
  // A sum that rounding put at the edge of the tolerance is within it.
  if (!(std::abs(sum - 1) <= kWeightTolerance + kRounding)) {
    return refuse("weights sum to " + text_of(sum) + ", wanted 1 (within 0.001)", place);
  }
  if (std::abs(sum - 1) > kRounding) {
    for (auto& entry : weights) entry.second /= sum;
  }
  return weights;
}

}  // namespace backplane::host
