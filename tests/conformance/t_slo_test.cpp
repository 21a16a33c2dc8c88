#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/host_fixture.hpp"
#include "tests/support/plugin_gate.hpp"

namespace backplane::host {
namespace {

using std::chrono::milliseconds;

constexpr const char* kRelative = "X-Serve-Relative-Slo-Ms";
constexpr const char* kAbsolute = "X-Serve-Absolute-Slo-Ms";

// A backend of one replica whose calls the test holds, on /gate. It gives requests a day, so that
// its own limit is no tighter than what they ask for.
class HeldHost {
 public:
  HeldHost() : host_({"gate"}), gate_(host_.directory()) {
    host_.create_backend("gate", "gate", R"({"request_timeout_ms":86400000})", gate_.init_json());
    host_.create_endpoint("gate", "/gate", R"({"gate":1})");
  }

  const HostFixture& host() const { return host_; }
  PluginGate& gate() { return gate_; }

  PendingAnswer ask(const HostFixture::Fields& fields = {}) const {
    return host_.data_async("GET", "/gate", fields);
  }
  // A request that is inside the handler.
  PendingAnswer keep_busy() {
    PendingAnswer busy = ask();
    REQUIRE(gate_.wait_entered());
    return busy;
  }

 private:
  HostFixture host_;
  PluginGate gate_;
};

// Which call of its replica answered.
std::string turn_of(PendingAnswer& pending) {
  const Answer answer = pending.get();
  return answer.status() == 200 ? answer.header("X-Call") : answer.refusal();
}

milliseconds wall_clock() {
  return std::chrono::duration_cast<milliseconds>(
      std::chrono::system_clock::now().time_since_epoch());
}

}  // namespace

TEST_SUITE("objectives") {
  TEST_CASE("T78: an objective that cannot be is answered 400, after 404 and 405") {
    HostFixture host({"hello"});
    host.create_backend("hello", "hello");
    host.create_endpoint("e", "/e", R"({"hello":1})");
    const std::string now = std::to_string(wall_clock().count());
    const std::vector<HostFixture::Fields> bad{{{kRelative, "-1"}},
                                               {{kRelative, "0"}},
                                               {{kRelative, "abc"}},
                                               {{kRelative, "1.5"}},
                                               {{kRelative, ""}},
                                               {{kRelative, "86400001"}},
                                               {{kRelative, "100"}, {kRelative, "100"}},
                                               {{kRelative, "100"}, {kAbsolute, now}},
                                               {{kAbsolute, now}, {kRelative, "100"}},
                                               {{kAbsolute, "-1"}},
                                               {{kAbsolute, "0"}},
                                               {{kAbsolute, "abc"}},
                                               {{kAbsolute, now}, {kAbsolute, now}}};
    for (const HostFixture::Fields& fields : bad) {
      CAPTURE(fields.front().second);
      const Answer refused = host.data("GET", "/e", fields);
      CHECK(refused.refusal() == "400 bad_header");
      CHECK(refused.detail().find(fields.front().first) != std::string::npos);
      CHECK(host.data("GET", "/nothing", fields).refusal() == "404 no_route");
      CHECK(host.data("POST", "/e", fields).refusal() == "405 method_not_allowed");
    }
    for (const HostFixture::Fields& good :
         {HostFixture::Fields{{kRelative, "1"}},
          {{kRelative, "86400000"}},
          {{kAbsolute, "1"}},
          {{kAbsolute, now}},
          {{"x-serve-relative-slo-ms", "100"}, {"X-Request-Timeout", "5000"}}}) {
      CAPTURE(good.front().second);
      CHECK(host.data("GET", "/e", good).status() == 200);
    }
  }

  TEST_CASE("T79: of ten that wait with objectives of 1000 - 100 i the last one is served first") {
    HeldHost held;
    PendingAnswer busy = held.keep_busy();
    std::vector<PendingAnswer> waiting;
    waiting.reserve(10);
    // In seconds, so that no machine is slow enough to upset the order.
    for (int i = 0; i < 10; ++i) {
      waiting.push_back(held.ask({{kRelative, std::to_string(1'000'000 - 100'000 * i)}}));
    }
    REQUIRE(held.host().wait_queued("gate", 10));
    held.gate().open(11);
    CHECK(turn_of(busy) == "1");
    for (int i = 0; i < 10; ++i) {
      CHECK(turn_of(waiting[static_cast<std::size_t>(i)]) == std::to_string(11 - i));
    }
  }

  TEST_CASE("T79: relative and absolute objectives, time limits and none go in one order") {
    HeldHost held;
    PendingAnswer busy = held.keep_busy();
    const auto in = [](int seconds) {
      return std::to_string(wall_clock().count() + std::int64_t{1000} * seconds);
    };
    std::vector<std::pair<PendingAnswer, std::string>> waiting;
    waiting.emplace_back(held.ask(), "7");
    // Each has a connection of its own: only what is queued has arrived before another.
    REQUIRE(held.host().wait_queued("gate", 1));
    waiting.emplace_back(held.ask(), "8");
    waiting.emplace_back(held.ask({{kAbsolute, in(3000)}}), "5");
    waiting.emplace_back(held.ask({{kRelative, "1000000"}}), "3");
    waiting.emplace_back(held.ask({{"X-Request-Timeout", "4000000"}}), "6");
    waiting.emplace_back(held.ask({{kAbsolute, in(2000)}}), "4");
    waiting.emplace_back(held.ask({{kAbsolute, "1"}}), "2");
    REQUIRE(held.host().wait_queued("gate", 7));
    held.gate().open(8);
    CHECK(turn_of(busy) == "1");
    for (auto& [pending, turn] : waiting) CHECK(turn_of(pending) == turn);
  }

  TEST_CASE(
      "T80: past its deadline a request is answered 504 and not run; an objective ends none") {
    HeldHost held;
    PendingAnswer busy = held.keep_busy();
    PendingAnswer missed = held.ask({{kRelative, "1"}});
    REQUIRE(held.host().wait_queued("gate", 1));
    PendingAnswer given_up = held.ask({{kRelative, "1"}, {"X-Request-Timeout", "50"}});
    CHECK(turn_of(given_up) == "504 deadline_exceeded");
    PendingAnswer last = held.ask();
    REQUIRE(held.host().wait_queued("gate", 3));
    held.gate().open(3);
    CHECK(turn_of(busy) == "1");
    CHECK(turn_of(missed) == "2");
    CHECK(turn_of(last) == "3");
    CHECK(held.host().admin("GET", "/v1/backends/gate").at("/stats/requests") == "3");
  }
}

}  // namespace backplane::host
