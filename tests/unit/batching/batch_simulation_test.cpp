#include "tests/unit/batching/batch_simulation.hpp"

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

// 1 ms + 50 us an item, 32 at most: 32 requests in 2.6 ms when batches are full.
Workload full_speed(std::uint32_t replicas) {
  return {.limits = {.max_batch_size = 32,
                     .batch_wait_timeout = milliseconds(0),
                     .num_replicas = replicas}};
}

TEST_SUITE("batching") {
  TEST_CASE("natural batching: no replica is idle while a request waits, at any load") {
    for (const std::uint32_t replicas : {1U, 2U, 4U}) {
      for (const microseconds gap : {microseconds(20), microseconds(100), microseconds(2000)}) {
        CAPTURE(replicas);
        CAPTURE(gap.count());
        Workload workload = full_speed(replicas);
        workload.mean_gap = gap;
        const SimulationResult result = BatchSimulation(workload).run();
        CHECK(result.idle_while_waiting == 0);
        CHECK(result.longest_hold == Duration::zero());
      }
    }
  }

  TEST_CASE("natural batching: a server with little to do adds no latency") {
    Workload workload = full_speed(1);
    workload.mean_gap = milliseconds(20);  // 5 % of its time
    const SimulationResult result = BatchSimulation(workload).run();
    CHECK(result.quantile(0.5) == microseconds(1050));
    CHECK(result.mean_batch() < 1.1);
  }

  TEST_CASE("natural batching: batches grow with load, and are full when it is saturated") {
    double former = 0;
    for (const microseconds gap : {microseconds(2000), microseconds(300), microseconds(120)}) {
      Workload workload = full_speed(1);
      workload.mean_gap = gap;
      const double mean = BatchSimulation(workload).run().mean_batch();
      CAPTURE(gap.count());
      CHECK(mean > former);
      former = mean;
    }
    Workload saturated = full_speed(2);
    saturated.mean_gap = microseconds(10);  // four times what two replicas can do
    CHECK(BatchSimulation(saturated).run().mean_batch() >= 0.9 * 32);
  }

  TEST_CASE("natural batching: at 80 % of its capacity p99 is within three batch times") {
    Workload workload = full_speed(1);
    workload.mean_gap = microseconds(102);  // 2600 us / 32 / 0.8
    workload.requests = 20'000;
    CHECK(BatchSimulation(workload).run().quantile(0.99) <= 3 * microseconds(2600));
  }

  TEST_CASE("a wait is never longer than it was asked to be, counted from the first arrival") {
    for (const std::uint32_t replicas : {1U, 3U}) {
      Workload workload = full_speed(replicas);
      workload.limits.batch_wait_timeout = milliseconds(5);
      workload.mean_gap = milliseconds(2);
      const SimulationResult result = BatchSimulation(workload).run();
      CAPTURE(replicas);
      CHECK(result.longest_hold == milliseconds(5));
      CHECK(result.mean_batch() > 1.5);
    }
  }

  TEST_CASE("unbatched: no replica is idle while a request waits") {
    Workload workload{.limits = {.max_batch_size = 1, .num_replicas = 4},
                      .call_cost = microseconds(400),
                      .item_cost = microseconds(0),
                      .mean_gap = microseconds(110)};
    const SimulationResult result = BatchSimulation(workload).run();
    CHECK(result.idle_while_waiting == 0);
    CHECK(result.longest_hold == Duration::zero());
    CHECK(result.mean_batch() == 1.0);
  }
}

}  // namespace
}  // namespace backplane::host
