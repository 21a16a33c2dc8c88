#include "host/config/weights.hpp"

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

using Entries = std::vector<std::pair<std::string, double>>;

double sum_of(const Weights& weights) {
  double sum = 0;
  for (const auto& entry : weights) sum += entry.second;
  return sum;
}

Error refusal_of(const Entries& entries) {
  const auto weights = check_weights(entries, "/traffic");
  REQUIRE_FALSE(weights.ok());
  CHECK(weights.error().code() == ErrorCode::kInvalidArgument);
  CHECK(weights.error().reason() == "invalid_weights");
  return weights.error();
}

TEST_SUITE("config") {
  TEST_CASE("check_weights: weights that sum to 1 stay as they were written") {
    const auto weights = check_weights({{"a", 0.7}, {"b", 0.3}}, "");
    REQUIRE(weights.ok());
    CHECK(weights.value() == Weights{{"a", 0.7}, {"b", 0.3}});
    const auto thirds = check_weights({{"a", 0.33}, {"b", 0.33}, {"c", 0.34}}, "");
    REQUIRE(thirds.ok());
    CHECK(thirds.value().at("a") == 0.33);
  }

  // behaviours.md T50.
  TEST_CASE("check_weights: a sum within 0.001 of 1 is normalised, one outside is refused") {
    for (const double sum : {0.999, 0.9995, 1.0005, 1.001}) {
      CAPTURE(sum);
      const auto weights = check_weights({{"a", sum / 2}, {"b", sum / 2}}, "");
      REQUIRE(weights.ok());
      CHECK(std::abs(sum_of(weights.value()) - 1) < 1e-12);
      CHECK(std::abs(weights.value().at("a") - 0.5) < 1e-12);
    }
    for (const double sum : {0.0, 0.9, 0.9989, 1.0011, 1.1, 1e300}) {
      CAPTURE(sum);
      CHECK(refusal_of({{"a", sum / 2}, {"b", sum / 2}}).pointer() == "/traffic");
    }
    CHECK(refusal_of({{"a", 0.5}, {"b", 0.25}}).message() ==
          "weights sum to 0.75, wanted 1 (within 0.001)");
  }

  // faults.md 3.5 row 69.
  TEST_CASE("check_weights: one bad weight is named with its place") {
    CHECK(refusal_of({{"a", 1}, {"b", -0.1}}).pointer() == "/traffic/b");
    CHECK(refusal_of({{"a", std::nan("")}}).pointer() == "/traffic/a");
    CHECK(refusal_of({{"a", HUGE_VAL}}).pointer() == "/traffic/a");
    CHECK(refusal_of({{"a", 1.1}, {"b", -0.1}}).message() ==
          "weight of 'b' is -0.1, wanted a finite number of at least 0");
    CHECK(refusal_of({{"a", 0.5}, {"a", 0.5}}).pointer() == "/traffic/a");
  }

  TEST_CASE("check_weights: none is refused, and 64 are the most") {
    CHECK(refusal_of({}).pointer() == "/traffic");
    const auto equal = [](int count) {
      Entries entries;
      for (int i = 0; i < count; ++i) entries.emplace_back("b" + std::to_string(i), 1.0 / count);
      return entries;
    };
    CHECK(check_weights(equal(64), "").ok());
    CHECK(refusal_of(equal(65)).message() == "found 65 weights, wanted at most 64");
  }

  TEST_CASE("check_weights: a weight of 0 stays, for its backend is still used") {
    const auto weights = check_weights({{"a", 1}, {"b", 0}}, "");
    REQUIRE(weights.ok());
    CHECK(weights.value() == Weights{{"a", 1}, {"b", 0}});
    CHECK_FALSE(std::signbit(check_weights({{"a", 1}, {"b", -0.0}}, "").value().at("b")));
  }
}

}  // namespace
}  // namespace backplane::host
