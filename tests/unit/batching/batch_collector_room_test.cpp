#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <thread>

#include <doctest/doctest.h>

#include "host/base/thread.hpp"
#include "host/batching/batch_collector.hpp"
#include "tests/support/test_exchange.hpp"

namespace backplane::host {
namespace {

void push(BatchCollector& collector, TestExchange& exchange) {
  RequestList burst;
  burst.push_back(PendingRequest(exchange));
  REQUIRE(collector.push(burst, Clock::now()).ok());
}

}  // namespace

TEST_SUITE("batching") {
  TEST_CASE("BatchCollector: who has room for no more than is queued waits for no company") {
    const BatchLimits limits{.max_batch_size = 8,
                             .batch_wait_timeout = std::chrono::hours(1),
                             .num_replicas = 1,
                             .concurrency = 2};
    for (int round = 0; round < 50; ++round) {
      std::array<TestExchange, 2> e;
      BatchCollector collector(limits, 10);
      std::size_t taken = 0;
      const auto replica = Thread::start("replica", ThreadRole::kReplica, [&] {
        std::uint64_t calls = 0;
        RequestList batch = collector.pop_batch(Duration::zero(), calls, 2).requests;
        taken = batch.size();
        while (!batch.empty()) batch.pop_front().complete();
      });
      REQUIRE(replica.ok());
      push(collector, e[0]);
      // Time for it to see the first one and to go to sleep, which nothing tells of.
      for (int i = 0; i < 200; ++i) std::this_thread::yield();
      push(collector, e[1]);
      const bool in_time = e[0].wait() && e[1].wait();
      if (!in_time) collector.close();
      REQUIRE(in_time);
      CHECK(taken == 2);
    }
  }
}

}  // namespace backplane::host
