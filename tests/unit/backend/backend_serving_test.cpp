#include <array>
#include <atomic>
#include <functional>
#include <mutex>
#include <vector>

#include <doctest/doctest.h>

#include "host/backend/backend.hpp"
#include "tests/unit/backend/backend_fixture.hpp"

namespace backplane::host {
namespace {

using std::chrono::milliseconds;

// A handler that is held inside its first request until `gate` opens.
std::function<void(Exchange&)> held_by(Gate& gate) {
  return [&gate](Exchange& exchange) {
    gate.enter();
    exchange.response.body = "done";
  };
}

TEST_SUITE("backend") {
  TEST_CASE("Backend: a request is run by a replica and answered with what the handler made") {
    TestExchange exchange;
    BackendFixture host;
    host.factory->on_request = [](Exchange& running) { running.response.body = "hello"; };
    host.start(BackendFixture::spec());
    CHECK(host.submit(exchange).ok());
    REQUIRE(exchange.wait());
    CHECK(exchange.answer() == "200 hello");
    CHECK(exchange.batch_size == 1);
    CHECK((exchange.queued <= exchange.started));
    CHECK((exchange.started <= exchange.finished));
    CHECK((exchange.started > TimePoint()));
  }

  TEST_CASE("Backend: requests that come before its replicas are ready wait for them") {
    TestExchange exchange;
    Gate constructor;
    BackendFixture host;
    host.factory->on_create = [&constructor](const ReplicaInfo&) {
      constructor.enter();
      return Status();
    };
    host.start(BackendFixture::spec());
    REQUIRE(constructor.wait_entered());
    CHECK(host.submit(exchange).ok());
    CHECK(host.backend->stats().queued == 1);
    constructor.open();
    CHECK(exchange.wait());
  }

  TEST_CASE("Backend: a handler is made, used and destroyed on its replica's own thread") {
    std::array<TestExchange, 20> exchanges;
    BackendFixture host;
    BackendSpec spec = BackendFixture::spec(3);
    spec.config.user_config_json = "{}";
    host.start(spec);
    for (TestExchange& exchange : exchanges) CHECK(host.submit(exchange).ok());
    for (TestExchange& exchange : exchanges) CHECK(exchange.wait());
    host.backend.reset();
    CHECK(host.factory->created() == 3);
    CHECK(host.factory->destroyed() == 3);
    CHECK(host.factory->on_wrong_thread() == 0);
  }

  TEST_CASE("Backend: B28: while a replica is busy the next batches fill up to their maximum") {
    std::array<TestExchange, 6> exchanges;
    Gate gate;
    std::mutex mutex;
    std::vector<std::size_t> sizes;
    BackendFixture host;
    host.factory->on_request = held_by(gate);
    host.factory->on_execute = [&](std::size_t size) {
      const std::lock_guard<std::mutex> lock(mutex);
      sizes.push_back(size);
    };
    host.start(BackendFixture::spec(1, 4));
    CHECK(host.submit(exchanges[0]).ok());
    REQUIRE(gate.wait_entered());
    for (std::size_t i = 1; i < 6; ++i) CHECK(host.submit(exchanges[i]).ok());
    CHECK(host.backend->stats().queued == 5);
    gate.open();
    for (TestExchange& exchange : exchanges) CHECK(exchange.wait());
    host.backend.reset();
    CHECK(sizes == std::vector<std::size_t>{1, 4, 1});
    CHECK(exchanges[0].batch_size == 1);
    CHECK(exchanges[1].batch_size == 4);
    CHECK(exchanges[4].batch_size == 4);
    CHECK(exchanges[5].batch_size == 1);
  }

  TEST_CASE("Backend: unbatched, the handler is called for one request at a time") {
    std::array<TestExchange, 30> exchanges;
    std::atomic<int> too_many{0};
    BackendFixture host;
    host.factory->on_execute = [&too_many](std::size_t size) { too_many += size == 1 ? 0 : 1; };
    host.start(BackendFixture::spec());
    RequestList burst;
    for (TestExchange& exchange : exchanges) burst.push_back(PendingRequest(exchange));
    CHECK(host.backend->submit(burst, 0).ok());
    for (TestExchange& exchange : exchanges) CHECK(exchange.wait());
    CHECK(too_many == 0);
    host.backend->close();
    REQUIRE(host.wait_stopped());
    CHECK(host.backend->stats().replicas.executions == 30);
    CHECK(host.backend->stats().replicas.requests == 30);
  }

  TEST_CASE("Backend: a full queue refuses, and the limit is the one that was configured") {
    std::array<TestExchange, 4> exchanges;
    Gate gate;
    BackendFixture host;
    host.factory->on_request = held_by(gate);
    BackendSpec spec = BackendFixture::spec();
    spec.config.max_queue = 2;
    host.start(spec);
    CHECK(host.submit(exchanges[0]).ok());
    REQUIRE(gate.wait_entered());
    CHECK(host.submit(exchanges[1]).ok());
    CHECK(host.submit(exchanges[2]).ok());
    const Status refused = host.submit(exchanges[3]);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code() == ErrorCode::kResourceExhausted);
    gate.open();
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(exchanges[i].wait());
      CHECK(exchanges[i].response.status == 200);
    }
  }

  TEST_CASE("Backend: closed, it finishes what is running and queued, refuses more, and ends") {
    std::array<TestExchange, 4> exchanges;
    Gate gate;
    BackendFixture host;
    host.factory->on_request = held_by(gate);
    host.start(BackendFixture::spec());
    CHECK(host.submit(exchanges[0]).ok());
    REQUIRE(gate.wait_entered());
    CHECK(host.submit(exchanges[1]).ok());
    CHECK(host.submit(exchanges[2]).ok());
    host.backend->close();
    const Status refused = host.submit(exchanges[3]);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code() == ErrorCode::kUnavailable);
    CHECK(host.stopped_times() == 0);
    gate.open();
    REQUIRE(host.wait_stopped());
    for (std::size_t i = 0; i < 3; ++i) CHECK(exchanges[i].answer() == "200 done");
    CHECK(host.stopped_times() == 1);
  }

  TEST_CASE("Backend: closed at once, what is queued is answered and what runs is finished") {
    std::array<TestExchange, 3> exchanges;
    Gate gate;
    BackendFixture host;
    host.factory->on_request = held_by(gate);
    host.start(BackendFixture::spec());
    CHECK(host.submit(exchanges[0]).ok());
    REQUIRE(gate.wait_entered());
    CHECK(host.submit(exchanges[1]).ok());
    CHECK(host.submit(exchanges[2]).ok());
    host.backend->close_now(Error(ErrorCode::kUnavailable, "shutting_down", "the host stops"));
    for (std::size_t i = 1; i < 3; ++i) {
      CHECK(exchanges[i].completions() == 1);
      CHECK(exchanges[i].response.status == 503);
      CHECK(exchanges[i].has_code("shutting_down"));
    }
    CHECK_FALSE(exchanges[0].done());
    gate.open();
    REQUIRE(host.wait_stopped());
    CHECK(exchanges[0].answer() == "200 done");
  }

  TEST_CASE("Backend: a free replica takes a request while another is busy") {
    std::array<TestExchange, 2> exchanges;
    Gate gate;
    BackendFixture host;
    host.factory->on_request = [&](Exchange& exchange) {
      if (&exchange == &exchanges[0]) gate.enter();
    };
    host.start(BackendFixture::spec(2));
    CHECK(host.submit(exchanges[0]).ok());
    REQUIRE(gate.wait_entered());
    CHECK(host.submit(exchanges[1]).ok());
    CHECK(exchanges[1].wait());
    CHECK_FALSE(exchanges[0].done());
    gate.open();
    CHECK(exchanges[0].wait());
  }

  TEST_CASE("Backend: of what one replica pulled, the expired and the abandoned do not run") {
    std::array<TestExchange, 50> quick;
    TestExchange slow;
    TestExchange late;
    TestExchange gone;
    std::atomic<int> ran_in_vain{0};
    BackendFixture host;
    host.factory->on_request = [&](Exchange& exchange) {
      if (&exchange == &late || &exchange == &gone) ++ran_in_vain;
      if (&exchange != &slow) return;
      gone.abandon();
      // Nobody enters: it is the way to let the moment pass.
      Gate().wait_until(late.request.deadline);
    };
    host.start(BackendFixture::spec());
    // A handler that has been quick so far is given several requests in one pull.
    for (TestExchange& exchange : quick) {
      CHECK(host.submit(exchange).ok());
      CHECK(exchange.wait());
    }
    late.request.deadline = Clock::now() + milliseconds(5);
    RequestList burst;
    for (TestExchange* exchange : {&slow, &late, &gone}) burst.push_back(PendingRequest(*exchange));
    CHECK(host.backend->submit(burst, 0).ok());
    CHECK(slow.wait());
    CHECK(late.wait());
    CHECK(gone.wait());
    CHECK(ran_in_vain == 0);
    CHECK(late.response.status == 504);
    CHECK(gone.response.status == 499);
  }

  TEST_CASE("Backend: its estimate grows with its queue, at the pace it has seen") {
    std::array<TestExchange, 4> exchanges;
    TestExchange first;
    Gate gate;
    BackendFixture host;
    host.factory->on_request = [&](Exchange& exchange) {
      if (&exchange == &first) {
        Gate().wait_until(Clock::now() + milliseconds(2));
      } else {
        gate.enter();
      }
    };
    host.start(BackendFixture::spec());
    CHECK(host.submit(first).ok());
    REQUIRE(first.wait());
    CHECK(host.submit(exchanges[0]).ok());
    REQUIRE(gate.wait_entered());
    CHECK(host.backend->drain_estimate() == milliseconds(0));
    for (std::size_t i = 1; i < 4; ++i) CHECK(host.submit(exchanges[i]).ok());
    CHECK(host.backend->drain_estimate() >= milliseconds(6));
    gate.open();
    for (TestExchange& exchange : exchanges) CHECK(exchange.wait());
  }
}

}  // namespace
}  // namespace backplane::host
