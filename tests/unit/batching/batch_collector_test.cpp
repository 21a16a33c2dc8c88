#include "host/batching/batch_collector.hpp"

#include <array>
#include <initializer_list>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "host/base/thread.hpp"
#include "tests/support/test_exchange.hpp"

namespace backplane::host {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

constexpr Duration kUnknown{};

BatchLimits batched(std::uint32_t max, milliseconds wait = milliseconds(0)) {
  return {.max_batch_size = max, .batch_wait_timeout = wait, .num_replicas = 1};
}

RequestList burst_of(std::initializer_list<TestExchange*> exchanges) {
  RequestList burst;
  for (TestExchange* exchange : exchanges) burst.push_back(PendingRequest(*exchange));
  return burst;
}

// Exchanges are declared before the collector that may still hold them when a case ends.

// Queues them all; a test that wants to see a refusal pushes by itself.
void push(BatchCollector& collector, std::initializer_list<TestExchange*> exchanges,
          TimePoint now = Clock::now()) {
  RequestList burst = burst_of(exchanges);
  REQUIRE(collector.push(burst, now).ok());
}

// Takes a batch, completes it and says which requests were in it.
std::vector<const Exchange*> pop(BatchCollector& collector, Duration service_time = kUnknown) {
  std::uint64_t calls = 0;
  RequestList batch = collector.pop_batch(service_time, calls).requests;
  std::vector<const Exchange*> order;
  while (!batch.empty()) {
    PendingRequest request = batch.pop_front();
    order.push_back(&request.exchange());
    std::move(request).complete();
  }
  return order;
}

using Batch = std::vector<const Exchange*>;

TEST_SUITE("batching") {
  TEST_CASE("BatchCollector: requests leave in the order in which they came") {
    TestExchange a;
    TestExchange b;
    TestExchange c;
    BatchCollector collector({}, 10);
    push(collector, {&a, &b});
    push(collector, {&c});
    CHECK(collector.depth() == 3);
    CHECK(pop(collector) == Batch{&a});
    CHECK(pop(collector) == Batch{&b});
    CHECK(pop(collector) == Batch{&c});
    CHECK(collector.depth() == 0);
  }

  TEST_CASE("BatchCollector: what does not fit is refused and stays with the caller") {
    std::array<TestExchange, 4> e;
    BatchCollector collector({}, 2);
    RequestList burst = burst_of({&e[0], &e[1], &e[2], &e[3]});
    const Status status = collector.push(burst, Clock::now());
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().code() == ErrorCode::kResourceExhausted);
    CHECK(status.error().reason() == "queue_full");
    CHECK(burst.size() == 2);
    CHECK(burst.front() == &e[2]);
    CHECK_FALSE(e[2].done());
    // Room for one again: the rest may be tried once more.
    CHECK(pop(collector) == Batch{&e[0]});
    CHECK_FALSE(collector.push(burst, Clock::now()).ok());
    CHECK(burst.size() == 1);
    CHECK(collector.depth() == 2);
  }

  TEST_CASE("BatchCollector: a push after close is refused") {
    TestExchange a;
    BatchCollector collector({}, 10);
    collector.close();
    RequestList burst = burst_of({&a});
    const Status status = collector.push(burst, Clock::now());
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().code() == ErrorCode::kUnavailable);
    CHECK(burst.size() == 1);
    CHECK_FALSE(a.done());
  }

  TEST_CASE("BatchCollector: an empty push is accepted and wakes nobody up for nothing") {
    BatchCollector collector({}, 10);
    RequestList none;
    CHECK(collector.push(none, Clock::now()).ok());
    CHECK(collector.depth() == 0);
  }

  TEST_CASE("BatchCollector: closed, it hands out what is queued without waiting for company") {
    TestExchange a;
    TestExchange b;
    BatchCollector collector(batched(8, hours(1)), 10);
    push(collector, {&a, &b});
    collector.close();
    CHECK(pop(collector) == Batch{&a, &b});
    CHECK(pop(collector).empty());
    CHECK(pop(collector).empty());
  }

  TEST_CASE("BatchCollector: a close ends the wait of replicas, with and without requests") {
    TestExchange a;
    BatchCollector idle({}, 10);
    BatchCollector forming(batched(8, hours(1)), 10);
    push(forming, {&a});
    Batch of_idle{&a};
    Batch of_forming;
    auto first =
        Thread::start("idle", ThreadRole::kReplica, [&idle, &of_idle] { of_idle = pop(idle); });
    auto second = Thread::start("forming", ThreadRole::kReplica,
                                [&forming, &of_forming] { of_forming = pop(forming); });
    REQUIRE(first.ok());
    REQUIRE(second.ok());
    idle.close();
    forming.close();
    first.value().join();
    second.value().join();
    CHECK(of_idle.empty());
    CHECK(of_forming == Batch{&a});
  }

  TEST_CASE("BatchCollector: close_and_take leaves nothing for the replicas") {
    TestExchange a;
    TestExchange b;
    BatchCollector collector({}, 10);
    push(collector, {&a, &b});
    RequestList rest = collector.close_and_take();
    CHECK(rest.size() == 2);
    CHECK(collector.depth() == 0);
    CHECK(pop(collector).empty());
    CHECK_FALSE(a.done());
  }

  TEST_CASE("BatchCollector: what is queued when it is destroyed is answered 500") {
    TestExchange a;
    {
      BatchCollector collector({}, 10);
      push(collector, {&a});
    }
    CHECK(a.completions() == 1);
    CHECK(a.response.status == 500);
  }

  TEST_CASE("BatchCollector: an expired request is answered 504 and never handed out") {
    TestExchange late;
    TestExchange good;
    BatchCollector collector({}, 10);
    late.request.deadline = Clock::now();
    good.request.deadline = Clock::now() + hours(1);
    push(collector, {&late, &good});
    CHECK(pop(collector) == Batch{&good});
    CHECK(late.completions() == 1);
    CHECK(late.response.status == 504);
    CHECK(late.has_code("deadline_exceeded"));
  }

  TEST_CASE("BatchCollector: an abandoned request is answered 499 and never handed out") {
    TestExchange gone;
    TestExchange good;
    BatchCollector collector({}, 10);
    gone.abandon();
    push(collector, {&gone, &good});
    CHECK(pop(collector) == Batch{&good});
    CHECK(gone.completions() == 1);
    CHECK(gone.response.status == 499);
  }

  TEST_CASE("BatchCollector: those who leave unexecuted make room in their batch") {
    TestExchange late;
    TestExchange gone;
    TestExchange a;
    TestExchange b;
    BatchCollector collector(batched(2), 10);
    late.request.deadline = Clock::now();
    gone.abandon();
    push(collector, {&late, &a, &gone, &b});
    CHECK(pop(collector) == Batch{&a, &b});
  }

  TEST_CASE("BatchCollector: when all have left unexecuted, a replica goes on waiting") {
    TestExchange late;
    TestExchange good;
    BatchCollector collector(batched(4), 10);
    late.request.deadline = Clock::now();
    push(collector, {&late});
    Batch taken;
    auto replica = Thread::start("replica", ThreadRole::kReplica,
                                 [&collector, &taken] { taken = pop(collector); });
    REQUIRE(replica.ok());
    REQUIRE(late.wait());
    push(collector, {&good});
    replica.value().join();
    CHECK(taken == Batch{&good});
  }

  TEST_CASE("BatchCollector: a batch holds one kind of request, and their order is kept") {
    std::array<TestExchange, 5> e;
    BatchCollector collector(batched(8), 10);
    e[2].batch_key = e[3].batch_key = 7;
    push(collector, {&e[0], &e[1], &e[2], &e[3], &e[4]});
    CHECK(pop(collector) == Batch{&e[0], &e[1]});
    CHECK(pop(collector) == Batch{&e[2], &e[3]});
    CHECK(pop(collector) == Batch{&e[4]});
  }

  TEST_CASE("BatchCollector: two methods are kept apart even when their keys collide") {
    std::array<TestExchange, 3> e;
    BatchCollector collector(batched(8), 10);
    for (TestExchange& exchange : e) exchange.batch_key = 7;
    e[0].request.call_method = e[1].request.call_method = "a";
    e[2].request.call_method = "b";
    push(collector, {&e[0], &e[1], &e[2]});
    CHECK(pop(collector) == Batch{&e[0], &e[1]});
    CHECK(pop(collector) == Batch{&e[2]});
  }

  TEST_CASE("BatchCollector: one who left unexecuted does not let another kind in") {
    TestExchange gone;
    TestExchange a;
    TestExchange other;
    BatchCollector collector(batched(2), 10);
    gone.abandon();
    other.batch_key = 7;
    push(collector, {&gone, &a, &other});
    CHECK(pop(collector) == Batch{&a});
    CHECK(pop(collector) == Batch{&other});
  }

  TEST_CASE("BatchCollector: unbatched, kinds do not matter for what is pulled together") {
    TestExchange a;
    TestExchange b;
    BatchCollector collector({}, 10);
    b.batch_key = 7;
    push(collector, {&a, &b});
    CHECK(pop(collector, std::chrono::microseconds(1)) == Batch{&a, &b});
  }

  TEST_CASE("BatchCollector: the wait counts from the arrival of the first") {
    const milliseconds wait = hours(1);
    TestExchange first;
    TestExchange second;
    BatchCollector collector(batched(8, wait), 10);
    push(collector, {&first}, Clock::now() - wait);
    push(collector, {&second});
    CHECK(pop(collector) == Batch{&first, &second});
  }

  TEST_CASE("BatchCollector: a batch that waits goes when it is full") {
    TestExchange a;
    TestExchange b;
    BatchCollector collector(batched(2, hours(1)), 10);
    push(collector, {&a});
    Batch taken;
    auto replica = Thread::start("replica", ThreadRole::kReplica,
                                 [&collector, &taken] { taken = pop(collector); });
    REQUIRE(replica.ok());
    push(collector, {&b});
    replica.value().join();
    CHECK(taken == Batch{&a, &b});
  }

  TEST_CASE("BatchCollector: a batch that waits goes when another kind arrives") {
    TestExchange a;
    TestExchange other;
    BatchCollector collector(batched(8, hours(1)), 10);
    other.batch_key = 7;
    push(collector, {&a});
    Batch taken;
    auto replica = Thread::start("replica", ThreadRole::kReplica,
                                 [&collector, &taken] { taken = pop(collector); });
    REQUIRE(replica.ok());
    push(collector, {&other});
    replica.value().join();
    CHECK(taken == Batch{&a});
  }

  TEST_CASE("BatchCollector: a batch that waits goes early for a tight deadline") {
    TestExchange a;
    TestExchange urgent;
    BatchCollector collector(batched(8, hours(1)), 10);
    push(collector, {&a});
    Batch taken;
    auto replica = Thread::start("replica", ThreadRole::kReplica, [&collector, &taken] {
      taken = pop(collector, hours(1));  // a call takes an hour
    });
    REQUIRE(replica.ok());
    urgent.request.deadline = Clock::now() + milliseconds(1500) + hours(1) / 2;
    push(collector, {&urgent});
    replica.value().join();
    CHECK(taken == Batch{&a, &urgent});
  }

  TEST_CASE("BatchCollector: T79: what is due first leaves first") {
    std::array<TestExchange, 10> e;
    BatchCollector collector({}, 10);
    const TimePoint now = Clock::now();
    for (std::size_t i = 0; i < e.size(); ++i) {
      e[i].due = now + milliseconds(1000) - milliseconds(100) * i;
      push(collector, {&e[i]}, now);
    }
    for (std::size_t i = e.size(); i > 0; --i) CHECK(pop(collector) == Batch{&e[i - 1]});
  }

  TEST_CASE(
      "BatchCollector: T80: one that is due but not over is served, one that is over is not") {
    TestExchange late;
    TestExchange over;
    BatchCollector collector({}, 10);
    const TimePoint now = Clock::now();
    late.due = now - hours(1);
    late.request.deadline = now + hours(1);
    over.due = over.request.deadline = now;
    push(collector, {&over, &late});
    CHECK(pop(collector) == Batch{&late});
    collector.close();
    CHECK(pop(collector).empty());
    CHECK(over.response.status == 504);
    CHECK_FALSE(late.response.status == 504);
  }

  TEST_CASE("BatchCollector: a batch is cut at the first of another kind, in order of due") {
    std::array<TestExchange, 5> e;
    BatchCollector collector(batched(8), 10);
    const TimePoint now = Clock::now();
    for (TestExchange& exchange : e) exchange.request.deadline = now + hours(1);
    e[1].batch_key = e[3].batch_key = 7;
    e[3].due = now + milliseconds(100);
    e[4].due = now + milliseconds(200);
    push(collector, {&e[0], &e[1], &e[2], &e[3], &e[4]});
    CHECK(pop(collector) == Batch{&e[3]});
    CHECK(pop(collector) == Batch{&e[4], &e[0]});
    CHECK(pop(collector) == Batch{&e[1]});
    CHECK(pop(collector) == Batch{&e[2]});
  }

  TEST_CASE(
      "BatchCollector: a batch waits from the arrival of whoever came first, not goes first") {
    const milliseconds wait = hours(1);
    TestExchange first;
    TestExchange urgent;
    BatchCollector collector(batched(8, wait), 10);
    first.request.deadline = Clock::now() + 2 * hours(1);
    urgent.due = Clock::now() + hours(1) + milliseconds(1);
    push(collector, {&first}, Clock::now() - wait);
    push(collector, {&urgent});
    CHECK(pop(collector) == Batch{&urgent, &first});
  }

  TEST_CASE("BatchCollector: a batch that waits goes early for one that is due") {
    TestExchange due_now;
    BatchCollector collector(batched(8, hours(1)), 10);
    due_now.due = Clock::now();
    due_now.request.deadline = Clock::now() + hours(1);
    push(collector, {&due_now});
    CHECK(pop(collector) == Batch{&due_now});
  }

  TEST_CASE("BatchCollector: its estimate is the queue at the pace last seen") {
    std::array<TestExchange, 4> e;
    BatchCollector collector({.max_batch_size = 1, .num_replicas = 1}, 10);
    push(collector, {&e[0], &e[1], &e[2], &e[3]});
    CHECK(collector.drain_estimate().count() == 0);
    pop(collector, milliseconds(200));
    CHECK(collector.drain_estimate().count() == 600);
  }
}

}  // namespace
}  // namespace backplane::host
