#include "host/routing/rotation.hpp"

#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

#include "host/base/thread.hpp"

namespace backplane::host {
namespace {

std::vector<std::size_t> turns(std::uint32_t in_a_row, std::size_t arms, std::size_t count) {
  Rotation rotation;
  std::vector<std::size_t> taken;
  for (std::size_t i = 0; i < count; ++i) {
    taken.push_back(whose_turn(rotation.next(), in_a_row, arms));
  }
  return taken;
}

TEST_SUITE("routing") {
  TEST_CASE("Rotation: T59: one in a row, each arm comes once a round") {
    CHECK(turns(1, 3, 7) == std::vector<std::size_t>{0, 1, 2, 0, 1, 2, 0});
    CHECK(turns(1, 1, 3) == std::vector<std::size_t>{0, 0, 0});
  }

  TEST_CASE("Rotation: T60: four in a row, the first four are one arm's, the next the other's") {
    CHECK(turns(4, 2, 10) == std::vector<std::size_t>{0, 0, 0, 0, 1, 1, 1, 1, 0, 0});
  }

  TEST_CASE("Rotation: threads share the turns, each of which is taken once") {
    constexpr std::size_t kEach = 1000;
    Rotation rotation;
    std::vector<std::uint64_t> mine;
    std::vector<std::uint64_t> other;
    const auto take = [&rotation](std::vector<std::uint64_t>& taken) {
      for (std::size_t i = 0; i < kEach; ++i) taken.push_back(rotation.next());
    };
    auto thread = Thread::start("bp-test", ThreadRole::kNone, [&] { take(other); });
    REQUIRE(thread.ok());
    take(mine);
    thread.value().join();
    mine.insert(mine.end(), other.begin(), other.end());
    std::sort(mine.begin(), mine.end());
    REQUIRE(mine.size() == 2 * kEach);
    for (std::size_t i = 0; i < mine.size(); ++i) REQUIRE(mine[i] == i);
  }
}

}  // namespace
}  // namespace backplane::host
