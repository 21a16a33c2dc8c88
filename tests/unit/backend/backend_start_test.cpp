#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "host/backend/backend.hpp"
#include "tests/support/no_more_threads.hpp"
#include "tests/unit/backend/backend_fixture.hpp"

namespace backplane::host {
namespace {

Error refusal(std::uint32_t index) {
  return Error(ErrorCode::kInvalidArgument, "backend_init_failed",
               "replica " + std::to_string(index) + " has no model");
}

TEST_SUITE("backend") {
  TEST_CASE("Backend: T44: replicas are constructed in parallel") {
    Gate constructors;
    BackendFixture host;
    host.factory->on_create = [&constructors](const ReplicaInfo&) {
      constructors.enter();
      return Status();
    };
    host.start(BackendFixture::spec(3));
    const bool all_at_once = constructors.wait_entered(3);
    CHECK(all_at_once);
    CHECK(host.started_times() == 0);
    constructors.open();
    CHECK(host.wait_started().ok());
    CHECK(host.factory->created() == 3);
  }

  TEST_CASE("Backend: whoever waited for its start is let go of when it has started") {
    const auto waiting = std::make_shared<int>();
    Gate told;
    BackendEvents events;
    events.on_started = [held = waiting, &told](const Status&) { told.enter(); };
    events.on_stopped = [] {};
    const auto backend = Backend::start(BackendFixture::spec(), BackendOptions{},
                                        std::make_shared<FakeHandlerFactory>(), std::move(events),
                                        [](const std::function<void()>& task) { task(); });
    REQUIRE(told.wait_entered(1));
    CHECK(waiting.use_count() > 1);
    told.open();
    TestExchange exchange;
    RequestList burst;
    burst.push_back(PendingRequest(exchange));
    // Answered by the replica that told, so after it has.
    REQUIRE(backend->submit(burst, 0).ok());
    REQUIRE(exchange.wait());
    CHECK(waiting.use_count() == 1);
  }

  TEST_CASE("Backend: B10: when any replica of four fails, the others are destroyed again") {
    for (std::uint32_t failing = 0; failing < 4; ++failing) {
      CAPTURE(failing);
      BackendFixture host;
      host.factory->on_create = [failing](const ReplicaInfo& info) {
        return info.index == failing ? Status(refusal(failing)) : Status();
      };
      host.start(BackendFixture::spec(4));
      const Status started = host.wait_started();
      REQUIRE_FALSE(started.ok());
      CHECK(started.error().reason() == "backend_init_failed");
      CHECK(started.error().message() == "replica " + std::to_string(failing) + " has no model");
      CHECK(host.wait_stopped());
      host.backend.reset();
      CHECK(host.factory->created() == 3);
      CHECK(host.factory->destroyed() == 3);
      CHECK(host.started_times() == 1);
      CHECK(host.stopped_times() == 1);
    }
  }

  TEST_CASE("Backend: when no thread can be had, that is why it did not start") {
    BackendFixture host;
    {
      const NoMoreThreads none;
      host.start(BackendFixture::spec(2));
    }
    const Status started = host.wait_started();
    REQUIRE_FALSE(started.ok());
    CHECK(started.error().reason() == "thread_unavailable");
    CHECK(host.wait_stopped());
    CHECK(host.started_times() == 1);
    CHECK(host.stopped_times() == 1);
    CHECK(host.factory->created() == 0);
  }

  TEST_CASE("Backend: given up, it says so at once, and what is made later is destroyed") {
    Gate constructor;
    BackendFixture host;
    host.factory->on_create = [&constructor](const ReplicaInfo& info) {
      if (info.index == 1) constructor.enter();
      return Status();
    };
    host.start(BackendFixture::spec(2));
    REQUIRE(constructor.wait_entered());
    host.backend->abandon_start(Error(ErrorCode::kDeadlineExceeded, "init_timeout", "too slow"));
    const Status started = host.wait_started();
    REQUIRE_FALSE(started.ok());
    CHECK(started.error().reason() == "init_timeout");
    CHECK(host.stopped_times() == 0);
    constructor.open();
    CHECK(host.wait_stopped());
    host.backend.reset();
    CHECK(host.factory->created() == 2);
    CHECK(host.factory->destroyed() == 2);
    CHECK(host.started_times() == 1);
  }

  TEST_CASE("Backend: giving up on one that serves changes nothing") {
    BackendFixture host;
    host.start(BackendFixture::spec());
    REQUIRE(host.wait_started().ok());
    host.backend->abandon_start(Error(ErrorCode::kDeadlineExceeded, "too late"));
    TestExchange exchange;
    CHECK(host.submit(exchange).ok());
    CHECK(exchange.wait());
    CHECK(exchange.response.status == 200);
    CHECK(host.started_times() == 1);
  }

  TEST_CASE("Backend: each replica is told who it is and what it was asked to be") {
    std::mutex mutex;
    std::set<std::uint32_t> indices;
    BackendFixture host;
    std::atomic<int> wrong{0};
    host.factory->on_create = [&](const ReplicaInfo& info) {
      if (info.backend != "fake" || info.init_json != "{\"n\":3}" || info.generation != 7) ++wrong;
      const std::lock_guard<std::mutex> lock(mutex);
      indices.insert(info.index);
      return Status();
    };
    BackendSpec spec = BackendFixture::spec(3);
    spec.init_json = "{\"n\":3}";
    host.start(spec);
    REQUIRE(host.wait_started().ok());
    CHECK(wrong == 0);
    CHECK(indices == std::set<std::uint32_t>{0, 1, 2});
    CHECK(host.backend->label() == "fake@7");
  }

  TEST_CASE("Backend: user_config reaches every replica before it serves") {
    std::atomic<int> configured{0};
    BackendFixture host;
    host.factory->on_reconfigure = [&configured](std::string_view json) {
      if (json == "{\"t\":1}") ++configured;
      return Status();
    };
    BackendSpec spec = BackendFixture::spec(3);
    spec.config.user_config_json = "{\"t\":1}";
    host.start(spec);
    REQUIRE(host.wait_started().ok());
    CHECK(configured == 3);
  }

  TEST_CASE("Backend: without user_config no handler is asked to take one") {
    std::atomic<int> configured{0};
    BackendFixture host;
    host.factory->on_reconfigure = [&configured](std::string_view) {
      ++configured;
      return Status();
    };
    host.start(BackendFixture::spec(2));
    REQUIRE(host.wait_started().ok());
    CHECK(configured == 0);
  }

  TEST_CASE("Backend: a refused user_config is a failed start, and nothing is left of it") {
    BackendFixture host;
    host.factory->on_reconfigure = [](std::string_view) {
      return Status(Error(ErrorCode::kInvalidArgument, "user_config_refused", "t must be > 0"));
    };
    BackendSpec spec = BackendFixture::spec(2);
    spec.config.user_config_json = "{\"t\":0}";
    host.start(spec);
    const Status started = host.wait_started();
    REQUIRE_FALSE(started.ok());
    CHECK(started.error().reason() == "user_config_refused");
    CHECK(host.wait_stopped());
    host.backend.reset();
    CHECK(host.factory->created() == host.factory->destroyed());
  }

  TEST_CASE("Backend: it may be dropped while it starts") {
    BackendFixture host;
    host.start(BackendFixture::spec(4));
    host.backend.reset();
    CHECK(host.stopped_times() == 1);
    CHECK(host.factory->created() == host.factory->destroyed());
    CHECK(host.factory->on_wrong_thread() == 0);
  }

  TEST_CASE("Backend: it is destroyed where its disposer says, whoever lets go of it") {
    const auto factory = std::make_shared<FakeHandlerFactory>();
    std::function<void()> disposal;
    auto backend = Backend::start(
        BackendFixture::spec(), BackendOptions{}, factory,
        {.on_started = [](const Status&) {}, .on_replica_ended = {}, .on_stopped = [] {}},
        [&disposal](std::function<void()> task) { disposal = std::move(task); });
    backend->close();
    {
      auto io = Thread::start("bp-io-0", ThreadRole::kIo,
                              [last = std::move(backend)]() mutable { last.reset(); });
      REQUIRE(io.ok());
    }
    REQUIRE(disposal);
    // Still whole: the factory is its, too.
    CHECK(factory.use_count() == 2);
    disposal();
    CHECK(factory.use_count() == 1);
    CHECK(factory->created() == factory->destroyed());
  }
}

}  // namespace
}  // namespace backplane::host
