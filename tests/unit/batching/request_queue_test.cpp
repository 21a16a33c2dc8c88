#include "host/batching/request_queue.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "host/base/random.hpp"
#include "tests/support/test_exchange.hpp"

namespace backplane::host {
namespace {

constexpr std::uint64_t kSeed = 20'240'607;

constexpr TimePoint at(int second) {
  return TimePoint(std::chrono::seconds(second));
}

using Order = std::vector<const Exchange*>;

Order look_through(const RequestQueue& queue) {
  Order order;
  RequestQueue::Cursor cursor(queue);
  while (const Exchange* exchange = cursor.next()) order.push_back(exchange);
  return order;
}

Order empty_out(RequestQueue& queue) {
  Order order;
  while (!queue.empty()) {
    PendingRequest request = queue.pop_front();
    order.push_back(&request.exchange());
    std::move(request).complete();
  }
  return order;
}

// When it is due, and at that moment whether it asked for it.
std::pair<TimePoint, int> place_of(const Exchange& exchange) {
  if (exchange.due != kNever) return {exchange.due, 0};
  return {exchange.request.deadline, 1};
}

TEST_SUITE("batching") {
  TEST_CASE("RequestQueue: an empty one has no front, and nothing to pop") {
    RequestQueue queue;
    CHECK(queue.empty());
    CHECK(queue.size() == 0);
    CHECK(queue.front() == nullptr);
    CHECK(look_through(queue).empty());
    CHECK_FALSE(queue.pop_front().valid());
    CHECK(queue.take_all().empty());
  }

  TEST_CASE("RequestQueue: those that ask for nothing go in order of arrival, whatever they wait") {
    std::array<TestExchange, 3> e;
    RequestQueue queue;
    e[0].request.deadline = at(30);
    e[1].request.deadline = at(29);  // another thread saw it a little earlier
    e[2].request.deadline = at(31);
    for (TestExchange& exchange : e) queue.push(PendingRequest(exchange));
    CHECK(queue.size() == 3);
    CHECK(queue.front() == &e[0]);
    CHECK(empty_out(queue) == Order{&e[0], &e[1], &e[2]});
  }

  TEST_CASE("RequestQueue: those that name a time go by it, among those that are due later") {
    std::array<TestExchange, 6> e;
    RequestQueue queue;
    e[0].request.deadline = at(30);
    e[1].request.deadline = at(35);
    e[2].due = at(50);
    e[3].due = at(10);
    e[4].due = at(35);  // with a tie who named a time goes first
    e[5].due = at(10);
    for (TestExchange& exchange : e) queue.push(PendingRequest(exchange));
    CHECK(queue.size() == 6);
    const Order wanted{&e[3], &e[5], &e[0], &e[4], &e[1], &e[2]};
    CHECK(look_through(queue) == wanted);
    CHECK(queue.front() == wanted.front());
    CHECK(empty_out(queue) == wanted);
  }

  TEST_CASE("RequestQueue: taken whole it keeps its order, and is empty") {
    std::array<TestExchange, 3> e;
    RequestQueue queue;
    e[0].request.deadline = at(30);
    e[1].due = at(20);
    e[2].due = at(10);
    for (TestExchange& exchange : e) queue.push(PendingRequest(exchange));
    RequestList all = queue.take_all();
    CHECK(queue.empty());
    CHECK(all.size() == 3);
    for (const Exchange* wanted : {&e[2], &e[1], &e[0]}) {
      PendingRequest next = all.pop_front();
      CHECK(&next.exchange() == wanted);
      std::move(next).complete();
    }
  }

  TEST_CASE("RequestQueue: any mixture leaves as a stable sort by due would have it") {
    Random random(kSeed);
    CAPTURE(kSeed);
    for (int round = 0; round < 100; ++round) {
      std::deque<TestExchange> exchanges;
      RequestQueue queue;
      for (int arrival = 0; arrival < 40; ++arrival) {
        TestExchange& exchange = exchanges.emplace_back();
        exchange.request.deadline = at(arrival + 30);
        if (random.uniform() < 0.5) exchange.due = at(arrival + static_cast<int>(random.below(40)));
        queue.push(PendingRequest(exchange));
      }
      Order wanted;
      for (const TestExchange& exchange : exchanges) wanted.push_back(&exchange);
      std::stable_sort(wanted.begin(), wanted.end(), [](const Exchange* a, const Exchange* b) {
        return place_of(*a) < place_of(*b);
      });
      REQUIRE(empty_out(queue) == wanted);
    }
  }
}

}  // namespace
}  // namespace backplane::host
