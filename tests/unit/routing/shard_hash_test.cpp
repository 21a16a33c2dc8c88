#include "host/routing/shard_hash.hpp"

#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

constexpr int kKeys = 20'000;

std::vector<ShardArm> arms(const std::vector<std::pair<std::string, double>>& weights) {
  std::vector<ShardArm> made;
  made.reserve(weights.size());
  for (const auto& [tag, weight] : weights) made.push_back({shard_hash(tag), weight});
  return made;
}

std::string key(int i) {
  return "user-" + std::to_string(i);
}

TEST_SUITE("routing") {
  TEST_CASE("shard_hash: T65: the same on every machine and after every restart") {
    CHECK(shard_hash("") == 0xf52a15e9a9b5e89bULL);
    CHECK(shard_hash("a") == 0x2c0bdbf481420f8ULL);
    CHECK(shard_hash("user-1") == 0xc499b5f8a721df58ULL);
  }

  TEST_CASE("pick_by_key: T65: known keys go where they always went") {
    const auto five = arms({{"a", 0.2}, {"b", 0.2}, {"c", 0.2}, {"d", 0.2}, {"e", 0.2}});
    std::string where;
    for (int i = 0; i < 24; ++i) {
      where += static_cast<char>('a' + pick_by_key(shard_hash(key(i)), five));
    }
    CHECK(where == "deccbbdacabdbaeaebbbcbaa");
  }

  TEST_CASE("pick_by_key: every arm gets its share of the keys") {
    const auto split = arms({{"a", 0.6}, {"b", 0.3}, {"c", 0.1}});
    std::vector<double> found(3, 0.0);
    for (int i = 0; i < kKeys; ++i) found[pick_by_key(shard_hash(key(i)), split)] += 1;
    for (std::size_t arm = 0; arm < 3; ++arm) {
      const double share = split[arm].weight;
      CAPTURE(arm);
      CHECK(std::abs(found[arm] - share * kKeys) < 4 * std::sqrt(kKeys * share * (1 - share)));
    }
  }

  TEST_CASE("pick_by_key: B44: 70/30 to 60/40 moves a tenth of the keys, all to the winner") {
    const auto before = arms({{"a", 0.7}, {"b", 0.3}});
    const auto after = arms({{"a", 0.6}, {"b", 0.4}});
    int moved = 0;
    for (int i = 0; i < kKeys; ++i) {
      const std::uint64_t hash = shard_hash(key(i));
      const std::size_t was = pick_by_key(hash, before);
      const std::size_t is = pick_by_key(hash, after);
      if (was == is) continue;
      ++moved;
      CHECK(is == 1);
    }
    CHECK(moved > kKeys * 9 / 100);
    CHECK(moved < kKeys * 11 / 100);
  }

  TEST_CASE("pick_by_key: T65: a new arm takes its share and moves nothing else") {
    const auto before = arms({{"a", 0.5}, {"b", 0.5}});
    const auto after = arms({{"a", 0.4}, {"b", 0.4}, {"c", 0.2}});
    int moved = 0;
    for (int i = 0; i < kKeys; ++i) {
      const std::uint64_t hash = shard_hash(key(i));
      const std::size_t was = pick_by_key(hash, before);
      const std::size_t is = pick_by_key(hash, after);
      if (was == is) continue;
      ++moved;
      CHECK(is == 2);
    }
    CHECK(std::abs(moved - kKeys / 5) < 4 * std::sqrt(kKeys * 0.2 * 0.8));
  }

  TEST_CASE("pick_by_key: the order in which the arms stand does not matter") {
    const auto one = arms({{"a", 0.5}, {"b", 0.3}, {"c", 0.2}});
    const auto other = arms({{"c", 0.2}, {"a", 0.5}, {"b", 0.3}});
    for (int i = 0; i < 1000; ++i) {
      const std::uint64_t hash = shard_hash(key(i));
      CHECK(one[pick_by_key(hash, one)].hash == other[pick_by_key(hash, other)].hash);
    }
  }

  TEST_CASE("pick_by_key: weight 0 gets no key") {
    const auto split = arms({{"a", 0.0}, {"b", 1.0}, {"c", 0.0}});
    for (int i = 0; i < 1000; ++i) CHECK(pick_by_key(shard_hash(key(i)), split) == 1);
  }

  TEST_CASE("pick_by_key: a key that is called like an arm may belong to any of them") {
    // Its hash and the arm's cancel out, which must not stand for an extreme draw.
    const auto split = arms({{"alpha", 0.99}, {"b", 0.01}});
    CHECK(pick_by_key(shard_hash("alpha"), split) == 0);
  }
}

}  // namespace
}  // namespace backplane::host
