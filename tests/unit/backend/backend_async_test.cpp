#include <array>
#include <atomic>
#include <future>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/unit/backend/backend_fixture.hpp"

namespace backplane::host {
namespace {

// The requests that an async handler has and does not answer by itself. Thread-safe.
class Held {
 public:
  explicit Held(BackendFixture& host) {
    host.factory->be_async();
    host.factory->on_start = [this](Exchange& exchange, AnswerSink& sink) {
      {
        const std::lock_guard<std::mutex> lock(mutex_);
        held_.emplace_back(&exchange, &sink);
        started_.push_back(&exchange);
      }
      gate_.enter();
    };
    gate_.open();
  }

  bool wait(std::size_t count) { return gate_.wait_entered(count); }
  std::size_t started() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return started_.size();
  }
  // Answers the one that has been held the longest, or the last one.
  void answer(bool last = false) {
    std::pair<Exchange*, AnswerSink*> one;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      REQUIRE_FALSE(held_.empty());
      const auto at = last ? held_.end() - 1 : held_.begin();
      one = *at;
      held_.erase(at);
    }
    FakeHandlerFactory::answer_later(*one.first, *one.second, "later");
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::pair<Exchange*, AnswerSink*>> held_;
  std::vector<Exchange*> started_;
  Gate gate_;
};

BackendSpec async_spec(std::uint32_t limit) {
  BackendSpec spec = BackendFixture::spec();
  spec.config.max_concurrent_queries = limit;
  return spec;
}

}  // namespace

TEST_SUITE("backend") {
  TEST_CASE("Backend: one replica of an async handler has many requests out, in any order") {
    std::array<TestExchange, 10> exchanges;
    BackendFixture host;
    Held held(host);
    host.start(async_spec(10));
    for (TestExchange& exchange : exchanges) REQUIRE(host.submit(exchange).ok());
    REQUIRE(held.wait(10));
    CHECK(host.backend->stats().in_flight == 10);
    held.answer(true);
    held.answer();
    CHECK(exchanges.back().wait());
    CHECK(exchanges.front().answer() == "200 later");
    CHECK_FALSE(exchanges[1].done());
    for (int i = 0; i < 8; ++i) held.answer();
    for (TestExchange& exchange : exchanges) {
      CHECK(exchange.wait());
      CHECK(exchange.completions() == 1);
    }
    const BackendStats stats = host.backend->stats();
    CHECK(stats.in_flight == 0);
    CHECK(stats.replicas.requests == 10);
    CHECK(stats.replicas.executions == 10);
    CHECK(stats.replicas.handler_time.count == 10);
  }

  TEST_CASE("Backend: no more are out than max_concurrent_queries, and each answer makes room") {
    std::array<TestExchange, 4> exchanges;
    BackendFixture host;
    Held held(host);
    host.start(async_spec(2));
    for (TestExchange& exchange : exchanges) REQUIRE(host.submit(exchange).ok());
    REQUIRE(held.wait(2));
    CHECK(host.backend->queued() == 2);
    CHECK(held.started() == 2);
    held.answer();
    REQUIRE(held.wait(3));
    CHECK(host.backend->queued() == 1);
    for (int i = 0; i < 2; ++i) held.answer();
    REQUIRE(held.wait(4));
    held.answer();
    for (TestExchange& exchange : exchanges) CHECK(exchange.wait());
  }

  TEST_CASE("Backend: a change of max_concurrent_queries counts for the next request") {
    std::array<TestExchange, 3> exchanges;
    BackendFixture host;
    Held held(host);
    host.start(async_spec(1));
    for (TestExchange& exchange : exchanges) REQUIRE(host.submit(exchange).ok());
    REQUIRE(held.wait(1));
    host.backend->prepare(async_spec(3).config, [](const Status& status) { CHECK(status.ok()); });
    host.backend->adopt();
    REQUIRE(held.wait(3));
    for (int i = 0; i < 3; ++i) held.answer();
    for (TestExchange& exchange : exchanges) CHECK(exchange.wait());
  }

  TEST_CASE("Backend: an async replica is reconfigured while its room is all taken") {
    TestExchange exchange;
    BackendFixture host;
    Held held(host);
    Gate taken;
    taken.open();
    host.factory->on_reconfigure = [&taken](std::string_view) {
      taken.enter();
      return Status();
    };
    host.start(async_spec(1));
    REQUIRE(host.submit(exchange).ok());
    REQUIRE(held.wait(1));
    BackendConfig next = async_spec(1).config;
    next.user_config_json = "{}";
    Gate ready;
    ready.open();
    host.backend->prepare(next, [&ready](const Status& status) {
      CHECK(status.ok());
      ready.enter();
    });
    CHECK(taken.wait_entered());
    REQUIRE(ready.wait_entered());
    host.backend->adopt();
    held.answer();
    CHECK(exchange.wait());
  }

  TEST_CASE("Backend: a first user_config that is given up keeps no request from being started") {
    std::array<TestExchange, 3> exchanges;
    BackendFixture host;
    Held held(host);
    host.start(async_spec(10));
    REQUIRE(host.submit(exchanges[0]).ok());
    REQUIRE(held.wait(1));
    BackendConfig next = host.backend->spec().config;
    next.user_config_json = "1";
    std::promise<Status> ready;
    host.backend->prepare(next, [&ready](Status status) { ready.set_value(std::move(status)); });
    CHECK(ready.get_future().get().ok());
    host.backend->give_up();
    // The first one may wait for what this one answers.
    REQUIRE(host.submit(exchanges[1]).ok());
    CHECK(held.wait(2));
    CHECK(host.factory->created() == 1);
    held.answer();
    held.answer();
    // Made anew as soon as nothing is out.
    REQUIRE(host.submit(exchanges[2]).ok());
    CHECK(held.wait(3));
    CHECK(host.factory->created() == 2);
    held.answer();
    for (TestExchange& exchange : exchanges) CHECK(exchange.wait());
  }

  TEST_CASE("Backend: a closed one ends when the last request that is out is answered") {
    std::array<TestExchange, 2> exchanges;
    BackendFixture host;
    Held held(host);
    host.start(async_spec(5));
    for (TestExchange& exchange : exchanges) REQUIRE(host.submit(exchange).ok());
    REQUIRE(held.wait(2));
    host.backend->close();
    held.answer();
    CHECK(host.stopped_times() == 0);
    CHECK(host.factory->destroyed() == 0);
    held.answer();
    CHECK(host.wait_stopped());
    CHECK(host.factory->destroyed() == 1);
    CHECK(host.factory->on_wrong_thread() == 0);
  }

  TEST_CASE("Backend: a batch of an async handler is as large as there is room for") {
    std::array<TestExchange, 6> exchanges;
    std::mutex mutex;
    std::vector<std::size_t> sizes;
    Gate created;
    BackendFixture host;
    Held held(host);
    host.factory->on_create = [&created](const ReplicaInfo&) {
      created.enter();
      return Status();
    };
    host.factory->on_execute = [&](std::size_t size) {
      const std::lock_guard<std::mutex> lock(mutex);
      sizes.push_back(size);
    };
    BackendSpec spec = async_spec(5);
    spec.config.max_batch_size = 4;
    host.start(spec);
    for (TestExchange& exchange : exchanges) REQUIRE(host.submit(exchange).ok());
    created.open();
    REQUIRE(held.wait(5));
    held.answer();
    REQUIRE(held.wait(6));
    for (int i = 0; i < 5; ++i) held.answer();
    for (TestExchange& exchange : exchanges) CHECK(exchange.wait());
    const std::lock_guard<std::mutex> lock(mutex);
    CHECK(sizes == std::vector<std::size_t>{4, 1, 1});
  }

  TEST_CASE("Backend: answers from many threads are each counted and given back once") {
    constexpr int kThreads = 4;
    constexpr int kEach = 500;
    std::vector<TestExchange> exchanges(std::size_t{kThreads} * kEach);
    BackendFixture host;
    host.factory->be_async();
    std::mutex mutex;
    std::vector<std::pair<Exchange*, AnswerSink*>> out;
    std::atomic<bool> stop{false};
    host.factory->on_start = [&](Exchange& exchange, AnswerSink& sink) {
      const std::lock_guard<std::mutex> lock(mutex);
      out.emplace_back(&exchange, &sink);
    };
    std::vector<std::thread> answering;
    answering.reserve(kThreads);
    for (int i = 0; i < kThreads; ++i) {
      answering.emplace_back([&] {
        while (!stop) {
          std::pair<Exchange*, AnswerSink*> one{};
          {
            const std::lock_guard<std::mutex> lock(mutex);
            if (!out.empty()) {
              one = out.back();
              out.pop_back();
            }
          }
          if (one.first == nullptr) {
            std::this_thread::yield();
            continue;
          }
          FakeHandlerFactory::answer_later(*one.first, *one.second, "x");
        }
      });
    }
    BackendSpec spec = async_spec(7);
    spec.config.num_replicas = 2;
    spec.config.max_queue = kThreads * kEach;
    host.start(spec);
    for (TestExchange& exchange : exchanges) REQUIRE(host.submit(exchange).ok());
    for (TestExchange& exchange : exchanges) REQUIRE(exchange.wait());
    host.backend->close();
    CHECK(host.wait_stopped());
    stop = true;
    for (std::thread& thread : answering) thread.join();
    for (TestExchange& exchange : exchanges) CHECK(exchange.completions() == 1);
    CHECK(host.backend->stats().replicas.requests == exchanges.size());
  }
}

}  // namespace backplane::host
