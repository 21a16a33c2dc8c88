#include "host/base/random.hpp"

#include <array>
#include <string>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

TEST_SUITE("base") {
  // The values that other implementations of xoshiro256++ seeded by SplitMix64 give for seed 0.
  TEST_CASE("Random: it is xoshiro256++, seeded as its authors say") {
    Random random(0);
    CHECK(random.next() == 5987356902031041503ULL);
    CHECK(random.next() == 7051070477665621255ULL);
    CHECK(random.next() == 6633766593972829180ULL);
    CHECK(random.next() == 211316841551650330ULL);
  }

  TEST_CASE("Random: the same seed draws the same, another seed something else") {
    Random a(7);
    Random b(7);
    Random c(8);
    bool differs = false;
    for (int i = 0; i < 100; ++i) {
      const std::uint64_t drawn = a.next();
      CHECK(drawn == b.next());
      differs = differs || drawn != c.next();
    }
    CHECK(differs);
  }

  TEST_CASE("Random: uniform() stays between 0 and 1, with its mean in the middle") {
    Random random(1);
    double sum = 0;
    double least = 1;
    double most = 0;
    for (int i = 0; i < 10'000; ++i) {
      const double x = random.uniform();
      sum += x;
      least = std::min(least, x);
      most = std::max(most, x);
    }
    CHECK(least >= 0.0);
    CHECK(most < 1.0);
    CHECK(least < 0.01);
    CHECK(most > 0.99);
    // Three sigma of the mean of 10,000 uniform draws.
    CHECK(sum / 10'000 == doctest::Approx(0.5).epsilon(0.0174));
  }

  TEST_CASE("Random: below() reaches every number and none beyond") {
    Random random(2);
    std::array<int, 7> seen{};
    for (int i = 0; i < 7000; ++i) {
      const std::uint32_t x = random.below(7);
      REQUIRE(x < 7);
      ++seen[x];
    }
    for (const int count : seen) {
      CHECK(count > 880);  // four sigma around 1000
      CHECK(count < 1120);
    }
    CHECK(random.below(1) == 0);
  }

  TEST_CASE("random_seed: two asked for are not the same") {
    CHECK(random_seed() != random_seed());
  }

  TEST_CASE("random_hex: it has the length asked for, hexadecimal digits, and is new each time") {
    CHECK(random_hex(0).empty());
    const std::string secret = random_hex(32);
    CHECK(secret.size() == 64);
    CHECK(secret.find_first_not_of("0123456789abcdef") == std::string::npos);
    CHECK(random_hex(32) != secret);
  }
}

}  // namespace
}  // namespace backplane::host
