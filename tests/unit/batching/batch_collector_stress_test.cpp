#include <array>
#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "host/base/thread.hpp"
#include "host/batching/batch_collector.hpp"
#include "tests/support/gate.hpp"
#include "tests/support/test_exchange.hpp"

// The wakes of BatchCollector, on real threads: a wake that is lost leaves a request waiting while
// a replica sleeps, and these tests hang until kPatience and fail. Run under TSan as well.
namespace backplane::host {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;

std::vector<Thread> start_threads(std::size_t count, const std::function<void(std::size_t)>& body) {
  std::vector<Thread> threads;
  for (std::size_t i = 0; i < count; ++i) {
    auto thread =
        Thread::start("bp-test-" + std::to_string(i), ThreadRole::kNone, [body, i] { body(i); });
    REQUIRE(thread.ok());
    threads.push_back(std::move(thread).value());
  }
  return threads;
}

// Replicas that answer at once until the collector is closed.
void serve(BatchCollector& collector, Duration service_time) {
  std::uint64_t calls = 0;
  for (;;) {
    RequestList batch = collector.pop_batch(service_time, calls).requests;
    if (batch.empty()) return;
    while (!batch.empty()) batch.pop_front().complete();
  }
}

// One round of requests that must all be inside the handler at once, each on its own replica.
struct Round {
  Gate gate;
  std::deque<TestExchange> exchanges;
};

// Each replica holds what it took until everybody else holds a batch too. `kinds` are the batch
// keys of one round's requests, in order; they must make as many batches as there are replicas.
void rounds_need_every_replica(BatchLimits limits, const std::vector<std::uint64_t>& kinds,
                               bool one_burst) {
  constexpr std::size_t kRounds = 300;
  const std::size_t replicas = limits.num_replicas;
  BatchCollector collector(limits, 1000);
  Round* current = nullptr;
  Mutex mutex;
  const auto body = [&](std::size_t) {
    std::uint64_t calls = 0;
    for (;;) {
      RequestList batch =
          collector.pop_batch(hours(1), calls).requests;  // slow: one request a pull
      if (batch.empty()) return;
      Round* round = nullptr;
      {
        MutexLock lock(mutex);
        round = current;
      }
      round->gate.enter();
      while (!batch.empty()) batch.pop_front().complete();
    }
  };
  std::vector<Thread> threads = start_threads(replicas, body);
  bool all_woke = true;
  for (std::size_t n = 0; n < kRounds && all_woke; ++n) {
    Round round;
    {
      MutexLock lock(mutex);
      current = &round;
    }
    RequestList burst;
    for (const std::uint64_t kind : kinds) {
      round.exchanges.emplace_back();
      round.exchanges.back().batch_key = kind;
      burst.push_back(PendingRequest(round.exchanges.back()));
      if (!one_burst) CHECK(collector.push(burst, Clock::now()).ok());
    }
    CHECK(collector.push(burst, Clock::now()).ok());
    all_woke = round.gate.wait_entered(replicas);
    CHECK(all_woke);
    round.gate.open();
    for (TestExchange& exchange : round.exchanges) CHECK(exchange.wait());
  }
  collector.close();
}

TEST_SUITE("batching") {
  TEST_CASE("BatchCollector: a burst wakes as many replicas as it needs, round after round") {
    rounds_need_every_replica({.max_batch_size = 1, .num_replicas = 4}, {0, 0, 0, 0}, true);
  }

  TEST_CASE("BatchCollector: requests pushed one by one wake a replica each") {
    rounds_need_every_replica({.max_batch_size = 1, .num_replicas = 4}, {0, 0, 0, 0}, false);
  }

  TEST_CASE("BatchCollector: a burst of many kinds wakes a replica for each kind") {
    rounds_need_every_replica({.max_batch_size = 8, .num_replicas = 4}, {0, 1, 2, 3}, true);
  }

  TEST_CASE("BatchCollector: what a large batch leaves behind wakes further replicas") {
    rounds_need_every_replica({.max_batch_size = 8, .num_replicas = 4}, {0, 0, 0, 0, 1, 2, 3},
                              true);
  }

  TEST_CASE("BatchCollector: after a batch that waited its time, the next request is waited for") {
    const BatchLimits limits{
        .max_batch_size = 8, .batch_wait_timeout = milliseconds(1), .num_replicas = 1};
    BatchCollector collector(limits, 8);
    std::vector<Thread> replicas =
        start_threads(1, [&](std::size_t) { serve(collector, Duration{}); });
    for (int n = 0; n < 5; ++n) {
      TestExchange alone;
      RequestList burst;
      burst.push_back(PendingRequest(alone));
      CHECK(collector.push(burst, Clock::now()).ok());
      const bool answered = alone.wait();
      CHECK(answered);
      if (!answered) break;
    }
    collector.close();
  }

  TEST_CASE("BatchCollector: B29: a burst that fits in one batch stays in one") {
    constexpr int kBursts = 300;
    BatchCollector collector({.max_batch_size = 8, .num_replicas = 2}, 100);
    std::atomic<int> split{0};
    const auto body = [&](std::size_t) {
      std::uint64_t calls = 0;
      for (;;) {
        RequestList batch = collector.pop_batch(Duration{}, calls).requests;
        if (batch.empty()) return;
        if (batch.size() != 8) ++split;
        while (!batch.empty()) batch.pop_front().complete();
      }
    };
    std::vector<Thread> replicas = start_threads(2, body);
    for (int n = 0; n < kBursts; ++n) {
      std::array<TestExchange, 8> exchanges;
      RequestList burst;
      for (TestExchange& exchange : exchanges) burst.push_back(PendingRequest(exchange));
      CHECK(collector.push(burst, Clock::now()).ok());
      for (TestExchange& exchange : exchanges) REQUIRE(exchange.wait());
    }
    collector.close();
    replicas.clear();
    CHECK(split == 0);
  }

  TEST_CASE("BatchCollector: many producers and replicas lose and double no request") {
    struct Shape {
      const char* what;
      BatchLimits limits;
      Duration service_time;
    };
    const std::array<Shape, 4> shapes{{
        {"unbatched, quick", {.max_batch_size = 1, .num_replicas = 3}, microseconds(1)},
        {"unbatched, slow", {.max_batch_size = 1, .num_replicas = 3}, milliseconds(10)},
        {"batched", {.max_batch_size = 4, .num_replicas = 3}, microseconds(1)},
        {"batched with a wait",
         {.max_batch_size = 4, .batch_wait_timeout = milliseconds(1), .num_replicas = 3},
         microseconds(1)},
    }};
    for (const Shape& shape : shapes) {
      CAPTURE(shape.what);
      BatchCollector collector(shape.limits, 8);
      std::atomic<int> unanswered{0};
      std::atomic<int> doubled{0};
      std::vector<Thread> replicas =
          start_threads(3, [&](std::size_t) { serve(collector, shape.service_time); });
      std::vector<Thread> producers = start_threads(4, [&](std::size_t producer) {
        // Each waits for its answers before it sends more, so that the queue runs dry again and
        // again and every push may be the one that has to wake somebody.
        for (std::size_t n = 0; n < 200; ++n) {
          std::array<TestExchange, 3> exchanges;
          RequestList burst;
          for (std::size_t i = 0; i <= (n + producer) % 3; ++i) {
            exchanges[i].batch_key = (n + i) % 2;
            burst.push_back(PendingRequest(exchanges[i]));
          }
          std::vector<TestExchange*> sent;
          for (Exchange* e = burst.front(); e != nullptr; e = e->next) {
            sent.push_back(static_cast<TestExchange*>(e));
          }
          // The queue is shorter than what all of them may send: some are refused.
          const Status status = collector.push(burst, Clock::now());
          while (!burst.empty()) burst.pop_front().fail(status.error());
          for (TestExchange* exchange : sent) {
            if (!exchange->wait()) ++unanswered;
            if (exchange->completions() > 1) ++doubled;
          }
        }
      });
      producers.clear();
      collector.close();
      replicas.clear();
      CHECK(unanswered == 0);
      CHECK(doubled == 0);
      CHECK(collector.depth() == 0);
    }
  }
}

}  // namespace
}  // namespace backplane::host
