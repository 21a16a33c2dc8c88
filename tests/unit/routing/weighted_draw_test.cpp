#include "host/routing/weighted_draw.hpp"

#include <array>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "host/base/random.hpp"

namespace backplane::host {
namespace {

constexpr std::uint64_t kSeed = 20'240'607;

TEST_SUITE("routing") {
  TEST_CASE("draw_two: the points say which, laid out by weight; the first is out for the second") {
    const std::vector<double> weights{0.5, 0.3, 0.2};
    CHECK(draw_two(weights, 0.0, 0.0) == ArmPair{0, 1});
    CHECK(draw_two(weights, 0.49, 0.59) == ArmPair{0, 1});
    CHECK(draw_two(weights, 0.49, 0.61) == ArmPair{0, 2});
    CHECK(draw_two(weights, 0.51, 0.0) == ArmPair{1, 0});
    CHECK(draw_two(weights, 0.81, 0.62) == ArmPair{2, 0});
    CHECK(draw_two(weights, 0.999999, 0.999999) == ArmPair{2, 1});
  }

  TEST_CASE("draw_two: T62: an arm without weight is never drawn, and one alone comes twice") {
    CHECK(draw_two(std::vector<double>{1.0, 0.0}, 0.999, 0.999) == ArmPair{0, 0});
    CHECK(draw_two(std::vector<double>{0.0, 1.0}, 0.0, 0.0) == ArmPair{1, 1});
    CHECK(draw_two(std::vector<double>{1.0}, 0.5, 0.5) == ArmPair{0, 0});
    CHECK(draw_two(std::vector<double>{0.0, 0.5, 0.0, 0.5, 0.0}, 0.0, 0.0) == ArmPair{1, 3});
    CHECK(draw_two(std::vector<double>{0.0, 0.5, 0.0, 0.5, 0.0}, 0.99, 0.99) == ArmPair{3, 1});
  }

  TEST_CASE("draw_two: weights that rounding leaves short of 1 lose no point behind the last") {
    const std::vector<double> thirds(3, 1.0 / 3);
    const double last = std::nextafter(1.0, 0.0);
    CHECK(draw_two(thirds, last, last) == ArmPair{2, 1});
    const std::vector<double> tenths(10, 0.1);
    CHECK(draw_two(tenths, last, last) == ArmPair{9, 8});
  }

  TEST_CASE("draw_two: the first comes by weight, the second by what is left") {
    const std::vector<double> weights{0.6, 0.3, 0.1};
    Random random(kSeed);
    std::array<double, 3> first{};
    double second_after_first = 0;
    constexpr int kDraws = 30'000;
    for (int i = 0; i < kDraws; ++i) {
      const double point = random.uniform();
      const ArmPair pair = draw_two(weights, point, random.uniform());
      REQUIRE(pair.first != pair.second);
      first[pair.first] += 1;
      second_after_first += pair.first == 0 && pair.second == 1 ? 1 : 0;
    }
    CAPTURE(kSeed);
    for (std::size_t arm = 0; arm < weights.size(); ++arm) {
      const double sigma = std::sqrt(kDraws * weights[arm] * (1 - weights[arm]));
      CHECK(std::abs(first[arm] - kDraws * weights[arm]) <= 3 * sigma);
    }
    // 0.6 x 0.3 / 0.4
    CHECK(std::abs(second_after_first - kDraws * 0.45) <= 3 * std::sqrt(kDraws * 0.45 * 0.55));
  }
}

}  // namespace
}  // namespace backplane::host
