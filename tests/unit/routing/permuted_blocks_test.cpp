#include "host/routing/permuted_blocks.hpp"

#include <cmath>
#include <cstdlib>
#include <vector>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

constexpr std::uint64_t kSeed = 20'240'607;

std::vector<std::size_t> picks(const std::vector<double>& weights, std::size_t count,
                               std::uint64_t seed = kSeed) {
  PermutedBlocks blocks(weights);
  Random random(seed);
  std::vector<std::size_t> picked;
  for (std::size_t i = 0; i < count; ++i) picked.push_back(blocks.pick(random));
  return picked;
}

std::vector<double> counts(const std::vector<double>& weights, std::size_t count) {
  std::vector<double> found(weights.size(), 0.0);
  for (const std::size_t arm : picks(weights, count)) found[arm] += 1;
  return found;
}

TEST_SUITE("routing") {
  TEST_CASE("PermutedBlocks: B41: 70/30 over 10,000 picks is exact within two") {
    const std::vector<double> found = counts({0.7, 0.3}, 10'000);
    CAPTURE(kSeed);
    CHECK(std::abs(found[0] - 7000) <= 2);
    CHECK(found[0] + found[1] == 10'000);
  }

  TEST_CASE("PermutedBlocks: at the end of each block the split is exact within one") {
    const std::vector<double> weights{0.7, 0.2, 0.06, 0.04};
    std::vector<double> found(weights.size(), 0.0);
    PermutedBlocks blocks(weights);
    Random random(kSeed);
    for (std::size_t block = 1; block <= 500; ++block) {
      for (std::size_t i = 0; i < PermutedBlocks::kBlock; ++i) found[blocks.pick(random)] += 1;
      for (std::size_t arm = 0; arm < weights.size(); ++arm) {
        const double exact = weights[arm] * static_cast<double>(block * PermutedBlocks::kBlock);
        CAPTURE(block);
        CAPTURE(arm);
        REQUIRE(std::abs(found[arm] - exact) < 1.0 + 1e-6);
      }
    }
  }

  TEST_CASE("PermutedBlocks: no window of any length is far from its share") {
    const std::vector<std::size_t> picked = picks({0.7, 0.3}, 20'000);
    for (const std::size_t window : {10U, 32U, 100U, 1000U, 5000U}) {
      // Whole blocks inside are exact; what sticks out at the ends is at most a block together.
      const double most = std::min(0.7 * static_cast<double>(window), 14.0);
      double share = 0;
      for (std::size_t i = 0; i < picked.size(); ++i) {
        share += picked[i] == 0 ? 1 : 0;
        if (i >= window) share -= picked[i - window] == 0 ? 1 : 0;
        if (i + 1 < window) continue;
        CAPTURE(window);
        REQUIRE(std::abs(share - 0.7 * static_cast<double>(window)) <= most);
      }
    }
  }

  TEST_CASE("PermutedBlocks: a client that sends every k-th request sees the split as well") {
    const std::vector<std::size_t> picked = picks({0.7, 0.3}, 200'000);
    for (std::size_t k = 2; k <= 20; ++k) {
      for (const std::size_t start : {std::size_t{0}, k - 1}) {
        double first = 0;
        double total = 0;
        for (std::size_t i = start; i < picked.size(); i += k) {
          first += picked[i] == 0 ? 1 : 0;
          total += 1;
        }
        CAPTURE(kSeed);
        CAPTURE(k);
        CHECK(std::abs(first - 0.7 * total) <= 3 * std::sqrt(total * 0.7 * 0.3));
      }
    }
  }

  TEST_CASE("PermutedBlocks: five arms of a fifth pass a chi-square test") {
    const std::vector<double> found = counts({0.2, 0.2, 0.2, 0.2, 0.2}, 10'000);
    double chi_square = 0;
    for (const double count : found) chi_square += (count - 2000) * (count - 2000) / 2000;
    CHECK(chi_square < 18.47);  // p = 0.001 with four degrees of freedom
  }

  TEST_CASE("PermutedBlocks: the order inside the blocks differs from block to block") {
    const std::vector<std::size_t> picked = picks({0.5, 0.5}, 3200);
    std::size_t like_the_first = 0;
    double first_half = 0;
    for (std::size_t block = 1; block < 100; ++block) {
      const auto start = picked.begin() + static_cast<std::ptrdiff_t>(32 * block);
      if (std::equal(picked.begin(), picked.begin() + 32, start)) ++like_the_first;
      for (auto pick = start; pick != start + 16; ++pick) first_half += *pick == 0 ? 1 : 0;
    }
    CHECK(like_the_first == 0);
    // Unshuffled, all of arm 0 would stand in the first half of its block.
    CHECK(std::abs(first_half / 99 - 8) < 1);
  }

  TEST_CASE("PermutedBlocks: T55: weight 0 is never picked, wherever it stands") {
    for (const std::vector<double>& weights : {std::vector<double>{1, 0}, std::vector<double>{0, 1},
                                               std::vector<double>{0, 0.37, 0, 0.63, 0}}) {
      const std::vector<double> found = counts(weights, 10'000);
      for (std::size_t arm = 0; arm < weights.size(); ++arm) {
        CAPTURE(arm);
        CHECK((found[arm] > 0) == (weights[arm] > 0));
      }
    }
  }

  TEST_CASE("PermutedBlocks: T56: one percent gets its one percent") {
    const std::vector<double> two = counts({0.99, 0.01}, 10'000);
    CHECK(std::abs(two[1] - 100) <= 2);
    const std::vector<double> three = counts({0.98, 0.01, 0.01}, 10'000);
    CHECK(std::abs(three[1] - 100) <= 2);
    CHECK(std::abs(three[2] - 100) <= 2);
  }

  TEST_CASE("PermutedBlocks: 64 arms, equal or very unequal, all get their share") {
    const std::vector<double> equal(64, 1.0 / 64);
    for (const double count : counts(equal, 6400)) CHECK(std::abs(count - 100) <= 1);

    std::vector<double> unequal(64, 0.001);
    unequal[0] = 1.0 - 63 * 0.001;
    const std::vector<double> found = counts(unequal, 32'000);
    CHECK(std::abs(found[0] - 32'000 * unequal[0]) <= 2);
    for (std::size_t arm = 1; arm < 64; ++arm) CHECK(std::abs(found[arm] - 32) <= 2);
  }

  TEST_CASE("PermutedBlocks: one arm gets everything") {
    CHECK(counts({1.0}, 1000)[0] == 1000);
  }

  TEST_CASE("PermutedBlocks: weights that only nearly sum to 1 keep their proportions") {
    const std::vector<double> found = counts({1.0 / 3, 1.0 / 3, 1.0 / 3}, 96'000);
    for (const double count : found) CHECK(std::abs(count - 32'000) <= 1);
  }
}

}  // namespace
}  // namespace backplane::host
