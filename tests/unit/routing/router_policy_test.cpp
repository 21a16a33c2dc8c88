#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "host/routing/router.hpp"
#include "tests/unit/routing/router_fixture.hpp"

namespace backplane::host {
namespace {

// Endpoint "e" on /e over sinks a, b, … by these weights.
struct Split {
  std::vector<std::shared_ptr<FakeSink>> sinks;
  std::shared_ptr<Endpoint> endpoint;

  Split(TrafficPolicy policy, const std::vector<double>& weights) {
    std::vector<Arm> arms;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const std::string tag(1, static_cast<char>('a' + i));
      sinks.push_back(std::make_shared<FakeSink>(tag + "@1"));
      arms.push_back(arm_to(tag, weights[i], sinks.back()));
    }
    endpoint = endpoint_on("e", "/e", std::move(arms));
    endpoint->policy = policy;
  }

  std::vector<std::size_t> held() const {
    std::vector<std::size_t> held;
    for (const auto& sink : sinks) held.push_back(sink->held());
    return held;
  }
};

using Held = std::vector<std::size_t>;

constexpr TrafficPolicy kRoundRobin{.kind = PolicyKind::kRoundRobin};
constexpr TrafficPolicy kPowerOfTwo{.kind = PolicyKind::kPowerOfTwo};
constexpr TrafficPolicy packing(std::uint32_t number) {
  return {.kind = PolicyKind::kFixedPacking, .packing_num = number};
}

TEST_SUITE("routing") {
  TEST_CASE("Router: T59: round robin takes turns, whatever the weights") {
    RouterFixture io;
    const Split split(kRoundRobin, {0.9, 0.1});
    io.publish({split.endpoint});
    for (std::size_t round = 1; round <= 10; ++round) {
      io.send("/e");
      io.send("/e");
      REQUIRE(split.held() == Held{round, round});
    }
  }

  TEST_CASE("Router: T59: two io threads take turns together") {
    RouterFixture io;
    Router other(io.setup());
    const Split split(kRoundRobin, {0.5, 0.5});
    io.publish({split.endpoint});
    // One thread gets three of four, in bursts that would not come out even by themselves.
    for (int i = 0; i < 5; ++i) {
      for (int j = 0; j < 3; ++j) io.router().handle(io.request("/e"));
      other.handle(io.request("/e"));
      io.router().flush();
      other.flush();
    }
    CHECK(split.held() == Held{10, 10});
  }

  TEST_CASE("Router: a backend of weight 0 has no turn") {
    RouterFixture io;
    const Split split(kRoundRobin, {0.0, 0.5, 0.0, 0.5});
    io.publish({split.endpoint});
    for (int i = 0; i < 6; ++i) io.send("/e");
    CHECK(split.held() == Held{0, 3, 0, 3});
  }

  TEST_CASE("Router: the turn of a backend that does not serve is answered 503") {
    RouterFixture io;
    const Split split(kRoundRobin, {0.5, 0.5});
    split.endpoint->arms[0].sink = nullptr;
    io.publish({split.endpoint});
    CHECK(io.send("/e").response.status == 503);
    io.send("/e");
    CHECK(io.send("/e").response.status == 503);
    CHECK(split.held() == Held{0, 1});
  }

  TEST_CASE("Router: T60: fixed packing gives the first four to one, the next four to the other") {
    RouterFixture io;
    const Split split(packing(4), {0.5, 0.5});
    io.publish({split.endpoint});
    for (int i = 0; i < 4; ++i) io.send("/e");
    CHECK(split.held() == Held{4, 0});
    for (int i = 0; i < 4; ++i) io.send("/e");
    CHECK(split.held() == Held{4, 4});
    io.send("/e");
    CHECK(split.held() == Held{5, 4});
  }

  TEST_CASE("Router: T61: power of two sends to the shorter queue") {
    RouterFixture io;
    const Split split(kPowerOfTwo, {0.5, 0.5});
    io.publish({endpoint_on("a", "/a", {arm_to("a", 1, split.sinks[0])}), split.endpoint});
    for (int i = 0; i < 3; ++i) io.send("/a");
    io.send("/e");
    io.send("/e");
    CHECK(split.held() == Held{3, 2});
  }

  TEST_CASE("Router: power of two counts what this turn has gathered and not submitted yet") {
    RouterFixture io;
    const Split split(kPowerOfTwo, {0.5, 0.5});
    io.publish({split.endpoint});
    for (int i = 0; i < 20; ++i) io.router().handle(io.request("/e"));
    CHECK(split.held() == Held{0, 0});
    io.router().flush();
    CHECK(split.held() == Held{10, 10});
  }

  TEST_CASE("Router: of two queues of one length power of two takes the one it drew first") {
    RouterFixture io;
    const Split split(kPowerOfTwo, {0.9, 0.1});
    io.publish({split.endpoint});
    std::size_t first = 0;
    for (int i = 0; i < 1000; ++i) {
      io.send("/e");
      first += split.sinks[0]->answer_all();
      split.sinks[1]->answer_all();
    }
    CHECK(first > 860);  // four sigma
    CHECK(first < 940);
  }

  TEST_CASE("Router: power of two keeps three queues even, though each request sees two") {
    RouterFixture io;
    const Split split(kPowerOfTwo, {0.4, 0.3, 0.3});
    io.publish({split.endpoint});
    for (int i = 0; i < 300; ++i) io.send("/e");
    for (const std::size_t held : split.held()) {
      CHECK(held >= 95);
      CHECK(held <= 105);
    }
  }

  TEST_CASE("Router: T62: power of two works with one backend, and with one that has all weight") {
    RouterFixture io;
    const Split one(kPowerOfTwo, {1.0});
    io.publish({one.endpoint});
    for (int i = 0; i < 10; ++i) io.send("/e");
    CHECK(one.held() == Held{10});
    const Split all(kPowerOfTwo, {1.0, 0.0});
    io.publish({all.endpoint});
    for (int i = 0; i < 10; ++i) io.send("/e");
    CHECK(all.held() == Held{10, 0});
  }

  TEST_CASE("Router: power of two avoids a backend that does not serve, while another one does") {
    RouterFixture io;
    const Split split(kPowerOfTwo, {0.9, 0.1});
    split.endpoint->arms[0].sink = nullptr;
    io.publish({split.endpoint});
    for (int i = 0; i < 10; ++i) io.send("/e");
    CHECK(split.held() == Held{0, 10});
    split.endpoint->arms[1].sink = nullptr;
    CHECK(io.send("/e").has_code("no_replica"));
  }

  TEST_CASE("Router: a shard key goes before every policy, and to the same backend under each") {
    Held used(5, 0);
    for (int i = 0; i < 50; ++i) {
      const std::string key = "key-" + std::to_string(i);
      std::size_t arm_of_key = 5;
      for (const TrafficPolicy policy : {TrafficPolicy{}, kRoundRobin, kPowerOfTwo, packing(3)}) {
        RouterFixture io;
        const Split split(policy, {0.2, 0.2, 0.2, 0.2, 0.2});
        io.publish({split.endpoint});
        for (int again = 0; again < 3; ++again) {
          io.send("/e", "GET", {{"X-Serve-Shard-Key", key}});
        }
        const Held held = split.held();
        const auto arm = static_cast<std::size_t>(
            std::find(held.begin(), held.end(), std::size_t{3}) - held.begin());
        REQUIRE(arm < 5);
        CHECK((arm_of_key == 5 || arm_of_key == arm));
        arm_of_key = arm;
      }
      ++used[arm_of_key];
    }
    for (const std::size_t keys : used) CHECK(keys > 0);
  }

  TEST_CASE("Router: a change of policy begins with the first backend, and loses no request") {
    RouterFixture io;
    const Split split(packing(4), {0.5, 0.5});
    io.publish({split.endpoint});
    for (int i = 0; i < 6; ++i) io.send("/e");
    const Split after(kRoundRobin, {0.5, 0.5});
    io.publish({after.endpoint});
    for (int i = 0; i < 5; ++i) io.send("/e");
    CHECK(split.held() == Held{4, 2});
    CHECK(after.held() == Held{3, 2});
  }
}

}  // namespace
}  // namespace backplane::host
