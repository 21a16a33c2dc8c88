#include "host/batching/batch_policy.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;

// The moment at which the oldest request of every row arrived.
constexpr TimePoint kArrival{hours(1)};

struct Row {
  std::string what;
  BatchLimits limits;
  QueueView queue;
  Duration service_time;
  TimePoint now;
  BatchDecision wanted;
};

BatchLimits batched(std::uint32_t max, milliseconds wait) {
  return {.max_batch_size = max, .batch_wait_timeout = wait, .num_replicas = 2};
}

QueueView queue(std::size_t length, std::size_t compatible, TimePoint deadline = kNever) {
  return {.length = length,
          .compatible = compatible,
          .oldest_arrival = kArrival,
          .tightest_deadline = deadline};
}

BatchDecision take(std::uint32_t count) {
  return {.take = count, .wait_until = kNever};
}

BatchDecision wait_until(TimePoint until) {
  return {.take = 0, .wait_until = until};
}

void check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const BatchDecision found = decide(row.limits, row.queue, row.service_time, row.now);
    CHECK(found.take == row.wanted.take);
    CHECK((found.wait_until == row.wanted.wait_until));
  }
}

TEST_SUITE("batching") {
  TEST_CASE("decide: batched, it takes what is there unless a wait is asked for") {
    const Duration unknown{};
    const milliseconds ms{1};
    check({
        {"nothing there", batched(8, 0 * ms), QueueView{}, unknown, kArrival, wait_until(kNever)},
        {"nothing there, with a wait", batched(8, 50 * ms), QueueView{}, unknown, kArrival,
         wait_until(kNever)},
        {"T89: wait 0, one request goes at once", batched(8, 0 * ms), queue(1, 1), unknown,
         kArrival, take(1)},
        {"B28: wait 0, as many as there are", batched(8, 0 * ms), queue(5, 5), unknown, kArrival,
         take(5)},
        {"B28: wait 0, no more than a batch holds", batched(8, 0 * ms), queue(20, 8), unknown,
         kArrival, take(8)},
        {"B26: a full batch does not wait", batched(8, 50 * ms), queue(8, 8), unknown, kArrival,
         take(8)},
        {"B27: three wait for company", batched(8, 50 * ms), queue(3, 3), unknown,
         kArrival + 20 * ms, wait_until(kArrival + 50 * ms)},
        {"B27: and go when the first has waited long enough", batched(8, 50 * ms), queue(3, 3),
         unknown, kArrival + 50 * ms, take(3)},
        {"one tick before, they do not", batched(8, 50 * ms), queue(3, 3), unknown,
         kArrival + 50 * ms - Duration(1), wait_until(kArrival + 50 * ms)},
        {"T88: the wait counts from the arrival, not from when a replica looks",
         batched(8, 50 * ms), queue(1, 1), unknown, kArrival + 49 * ms,
         wait_until(kArrival + 50 * ms)},
        {"a wait long past does not underflow", batched(8, 50 * ms), queue(2, 2), unknown,
         kArrival + hours(2), take(2)},
        {"B37: a batch that cannot grow does not wait", batched(8, 50 * ms), queue(4, 2), unknown,
         kArrival, take(2)},
        {"T87: the front alone is of its kind", batched(8, 50 * ms), queue(2, 1), unknown, kArrival,
         take(1)},
    });
  }

  TEST_CASE("decide: batched, it stops waiting when the tightest deadline would be missed") {
    const milliseconds ms{1};
    const TimePoint deadline = kArrival + 30 * ms;
    check({
        {"the deadline comes before the end of the wait", batched(8, 50 * ms),
         queue(2, 2, deadline), Duration{}, kArrival, wait_until(deadline)},
        {"less what the call takes", batched(8, 50 * ms), queue(2, 2, deadline), 10 * ms, kArrival,
         wait_until(kArrival + 20 * ms)},
        {"at that moment it goes", batched(8, 50 * ms), queue(2, 2, deadline), 10 * ms,
         kArrival + 20 * ms, take(2)},
        {"a call longer than the deadline allows goes at once", batched(8, 50 * ms),
         queue(2, 2, deadline), 40 * ms, kArrival, take(2)},
        {"a deadline behind the wait changes nothing", batched(8, 50 * ms),
         queue(2, 2, kArrival + hours(1)), 10 * ms, kArrival, wait_until(kArrival + 50 * ms)},
    });
  }

  TEST_CASE("decide: unbatched, no timer is armed and a pull is a fair, affordable share") {
    const milliseconds ms{1};
    const BatchLimits one{.max_batch_size = 1, .batch_wait_timeout = 50 * ms, .num_replicas = 1};
    const BatchLimits four{.max_batch_size = 1, .batch_wait_timeout = 0 * ms, .num_replicas = 4};
    const microseconds us{1};
    check({
        {"B38: nothing there", one, QueueView{}, Duration{}, kArrival, wait_until(kNever)},
        {"B38: one request goes at once, whatever the wait", one, queue(1, 0), Duration{}, kArrival,
         take(1)},
        {"not measured yet: one", one, queue(50, 0), Duration{}, kArrival, take(1)},
        {"quick handler: all of it", one, queue(50, 0), 1 * us, kArrival, take(50)},
        {"never more than kMaxPull", one, queue(5000, 0), 1 * us, kArrival, take(kMaxPull)},
        {"what fits in the budget", one, queue(50, 0), 10 * us, kArrival, take(10)},
        {"slow handler: one", one, queue(50, 0), 1 * ms, kArrival, take(1)},
        {"exactly the budget: one", one, queue(50, 0), kPullBudget, kArrival, take(1)},
        {"a fair share of four", four, queue(40, 0), 1 * us, kArrival, take(10)},
        {"fewer than replicas: one each", four, queue(3, 0), 1 * us, kArrival, take(1)},
        {"no replica counted is as one",
         {.num_replicas = 0},
         queue(9, 0),
         1 * us,
         kArrival,
         take(9)},
    });
  }

  TEST_CASE("drain_time: full batches, replicas side by side") {
    const milliseconds call{100};
    const BatchLimits limits{.max_batch_size = 4, .num_replicas = 2};
    CHECK(drain_time(limits, 0, call).count() == 0);
    CHECK(drain_time(limits, 1, call).count() == 100);
    CHECK(drain_time(limits, 8, call).count() == 100);
    CHECK(drain_time(limits, 9, call).count() == 200);
    CHECK(drain_time({.max_batch_size = 1, .num_replicas = 1}, 10, call).count() == 1000);
    CHECK(drain_time({.max_batch_size = 1, .num_replicas = 1}, 1, microseconds(1)).count() == 1);
    CHECK(drain_time(limits, 1000, Duration{}).count() == 0);
  }
}

}  // namespace
}  // namespace backplane::host
