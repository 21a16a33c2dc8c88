#include <array>

#include <doctest/doctest.h>

#include "host/backend/replica_stats.hpp"
#include "tests/unit/backend/backend_fixture.hpp"

namespace backplane::host {

TEST_SUITE("backend") {
  TEST_CASE("Backend: it counts calls, requests and failures") {
    std::array<TestExchange, 5> exchanges;
    Gate gate;
    BackendFixture host;
    host.factory->on_request = [&](Exchange& exchange) {
      gate.enter();
      if (&exchange == &exchanges[2]) exchange.response.status = 500;
      if (&exchange == &exchanges[3]) exchange.response.status = 404;
    };
    host.start(BackendFixture::spec(1, 8));
    CHECK(host.submit(exchanges[0]).ok());
    REQUIRE(gate.wait_entered());
    for (std::size_t i = 1; i < 5; ++i) CHECK(host.submit(exchanges[i]).ok());
    gate.open();
    for (TestExchange& exchange : exchanges) CHECK(exchange.wait());
    host.backend->close();
    REQUIRE(host.wait_stopped());
    const BackendStats stats = host.backend->stats();
    CHECK(stats.replicas.executions == 2);
    CHECK(stats.replicas.requests == 5);
    CHECK(stats.replicas.failures == 1);
    CHECK(stats.replicas.batch_size.count == 2);
    CHECK(stats.replicas.batch_size.sum == 5);
    CHECK(stats.replicas.batch_size.counts[SizeHistogram::bucket_of(4)] == 1);
    CHECK(stats.replicas.handler_time.count == 2);
    CHECK(stats.replicas.queue_time.count == 5);
    CHECK(stats.queued == 0);
  }

  TEST_CASE("Backend: queue time ends and handler time begins when the handler is called") {
    std::array<TestExchange, 2> exchanges;
    BackendFixture host;
    host.start(BackendFixture::spec());
    REQUIRE(host.wait_started().ok());
    for (TestExchange& exchange : exchanges) {
      CHECK(host.submit(exchange).ok());
      CHECK(exchange.wait());
    }
    host.backend->close();
    REQUIRE(host.wait_stopped());
    const auto us = [](Duration duration) {
      return static_cast<std::uint64_t>(
          std::chrono::duration_cast<std::chrono::microseconds>(duration).count());
    };
    const ReplicaSummary sum = host.backend->stats().replicas;
    CHECK(sum.queue_time.count == 2);
    CHECK(sum.queue_time.sum_us == us(exchanges[0].started - exchanges[0].queued) +
                                       us(exchanges[1].started - exchanges[1].queued));
    CHECK(sum.handler_time.sum_us == us(exchanges[0].finished - exchanges[0].started) +
                                         us(exchanges[1].finished - exchanges[1].started));
    CHECK(sum.batch_size.sum == 2);
  }

  TEST_CASE("Backend: a handler's faults are counted by kind, and nothing with metrics off") {
    for (const bool metrics : {true, false}) {
      CAPTURE(metrics);
      std::array<TestExchange, 3> exchanges;
      BackendFixture host;
      host.options.metrics = metrics;
      host.factory->on_request = [&](Exchange& exchange) {
        exchange.response.status = 500;
        exchange.fault = &exchange == &exchanges[0] ? HandlerFault::kHandlerError
                                                    : HandlerFault::kBatchSizeMismatch;
      };
      host.start(BackendFixture::spec());
      for (TestExchange& exchange : exchanges) CHECK(host.submit(exchange).ok());
      for (TestExchange& exchange : exchanges) CHECK(exchange.wait());
      host.backend->close();
      REQUIRE(host.wait_stopped());
      const ReplicaSummary sum = host.backend->stats().replicas;
      const std::uint64_t one = metrics ? 1 : 0;
      CHECK(sum.faults[static_cast<std::size_t>(HandlerFault::kHandlerError)] == one);
      CHECK(sum.faults[static_cast<std::size_t>(HandlerFault::kBatchSizeMismatch)] == 2 * one);
      CHECK(sum.executions == 3 * one);
      CHECK(sum.requests == 3 * one);
      CHECK(sum.failures == 3 * one);
      CHECK(sum.queue_time.count == 3 * one);
      CHECK(sum.handler_time.count == 3 * one);
      CHECK(sum.batch_size.count == 3 * one);
    }
  }
}

}  // namespace backplane::host
