#include <array>
#include <atomic>
#include <cstddef>
#include <future>
#include <string>

#include <doctest/doctest.h>

#include "host/backend/backend.hpp"
#include "tests/unit/backend/backend_fixture.hpp"

namespace backplane::host {
namespace {

BackendConfig replicas(std::uint32_t count) {
  BackendConfig config;
  config.num_replicas = count;
  return config;
}

BackendConfig user_config(const std::string& json, std::uint32_t count = 1) {
  BackendConfig config = replicas(count);
  config.user_config_json = json;
  return config;
}

// Prepares `next` and waits for what that comes to.
Status prepare(Backend& backend, const BackendConfig& next) {
  std::promise<Status> ready;
  backend.prepare(next, [&ready](Status status) { ready.set_value(std::move(status)); });
  return ready.get_future().get();
}

// What `requests` requests, one after the other, were answered.
std::string answers(BackendFixture& host, int requests = 1) {
  std::string bodies;
  for (int i = 0; i < requests; ++i) {
    TestExchange exchange;
    CHECK(host.submit(exchange).ok());
    REQUIRE(exchange.wait());
    bodies += exchange.response.body;
  }
  return bodies;
}

// Handlers that answer with the user_config they were given last.
struct Configured {
  BackendFixture host;
  std::atomic<int> taken{0};

  explicit Configured(BackendSpec spec) {
    host.factory->on_reconfigure = [this](std::string_view json) -> Status {
      if (json == "\"bad\"") return Error(ErrorCode::kInvalidArgument, "reconfigure_failed", "bad");
      ++taken;
      return {};
    };
    host.start(std::move(spec));
    REQUIRE(host.wait_started().ok());
  }
};

BackendSpec with_user_config(const std::string& json, std::uint32_t count) {
  BackendSpec spec = BackendFixture::spec(count);
  spec.config.user_config_json = json;
  return spec;
}

TEST_SUITE("backend") {
  TEST_CASE("Backend: what its replicas can take while they run, and what they cannot") {
    const BackendSpec running = BackendFixture::spec();
    BackendSpec next = running;
    next.config.num_replicas = 3;
    next.config.max_batch_size = 8;
    next.config.user_config_json = "{}";
    CHECK(Backend::can_take(running, next));
    CHECK_FALSE(Backend::can_take(next, running));  // a user_config cannot be taken away
    next.init_json = "1";
    CHECK_FALSE(Backend::can_take(running, next));
    BackendSpec inline_spec = running;
    inline_spec.config.execution = Execution::kInline;
    CHECK_FALSE(Backend::can_take(running, inline_spec));
    BackendSpec inline_configured = inline_spec;
    inline_configured.config.user_config_json = "{}";
    CHECK_FALSE(Backend::can_take(inline_spec, inline_configured));
  }

  TEST_CASE("Backend: replicas that are added wait until the change is adopted") {
    Gate handler;
    BackendFixture host;
    host.factory->on_request = [&handler](Exchange&) { handler.enter(); };
    host.start(BackendFixture::spec(1));
    REQUIRE(host.wait_started().ok());
    CHECK(prepare(*host.backend, replicas(2)).ok());
    CHECK(host.factory->created() == 2);
    std::array<TestExchange, 2> exchanges;
    for (TestExchange& exchange : exchanges) CHECK(host.submit(exchange).ok());
    REQUIRE(handler.wait_entered(1));
    CHECK(host.backend->queued() == 1);
    host.backend->adopt();
    CHECK(handler.wait_entered(2));  // the second one found somebody
    CHECK(host.backend->num_replicas() == 2);
    handler.open();
    for (TestExchange& exchange : exchanges) CHECK(exchange.wait());
  }

  TEST_CASE("Backend: replicas that are ready have no limit of time any more") {
    BackendFixture host;
    Gate serving;
    host.factory->on_execute = [&serving](std::size_t) { serving.enter(); };
    host.start(BackendFixture::spec());
    REQUIRE(host.wait_started().ok());
    REQUIRE(prepare(*host.backend, replicas(3)).ok());
    host.backend->abandon_start(Error(ErrorCode::kDeadlineExceeded, "init_timeout", "too slow"));
    host.backend->adopt();
    std::array<TestExchange, 3> exchanges;
    for (TestExchange& exchange : exchanges) REQUIRE(host.submit(exchange).ok());
    CHECK(serving.wait_entered(3));
    serving.open();
    for (TestExchange& exchange : exchanges) CHECK(exchange.wait());
  }

  TEST_CASE("Backend: a change that is adopted when the backend was closed changes nothing") {
    BackendFixture host;
    host.start(BackendFixture::spec());
    REQUIRE(host.wait_started().ok());
    REQUIRE(prepare(*host.backend, replicas(3)).ok());
    host.backend->close_now(Error(ErrorCode::kUnavailable, "shutting_down", "the host ends"));
    host.backend->adopt();
    CHECK(host.backend->spec().config.num_replicas == 1);
    CHECK(host.wait_stopped());
  }

  TEST_CASE("Backend: replicas that had ended before they were sent away are not kept") {
    BackendFixture host;
    host.start(BackendFixture::spec());
    REQUIRE(host.wait_started().ok());
    host.factory->on_create = [](const ReplicaInfo& info) {
      return info.index == 1 ? Status(Error(ErrorCode::kInvalidArgument, "no model")) : Status();
    };
    CHECK_FALSE(prepare(*host.backend, replicas(2)).ok());
    REQUIRE(host.wait_ended());
    host.backend->give_up();
    CHECK(host.backend->stats().leaving == 0);
  }

  TEST_CASE("Backend: replicas that were added for nothing go, and the others serve") {
    BackendFixture host;
    host.start(BackendFixture::spec(1));
    REQUIRE(host.wait_started().ok());
    CHECK(prepare(*host.backend, replicas(3)).ok());
    host.backend->give_up();
    CHECK(host.backend->num_replicas() == 1);
    answers(host, 3);
    host.backend.reset();
    CHECK(host.factory->created() == 3);
    CHECK(host.factory->destroyed() == 3);
    CHECK(host.factory->on_wrong_thread() == 0);
  }

  TEST_CASE("Backend: when one more replica cannot be made nothing changes") {
    BackendFixture host;
    host.factory->on_create = [](const ReplicaInfo& info) {
      if (info.index != 2) return Status();
      return Status(Error(ErrorCode::kInvalidArgument, "backend_init_failed", "no third one"));
    };
    host.start(BackendFixture::spec(1));
    REQUIRE(host.wait_started().ok());
    const Status ready = prepare(*host.backend, replicas(3));
    REQUIRE_FALSE(ready.ok());
    CHECK(ready.error().message() == "no third one");
    host.backend->give_up();
    CHECK(host.backend->num_replicas() == 1);
    CHECK(host.backend->spec().config.num_replicas == 1);
    answers(host);
    host.backend.reset();
    CHECK(host.factory->created() == 2);
    CHECK(host.factory->destroyed() == 2);
  }

  TEST_CASE("Backend: a replica too many finishes what it runs and takes nothing more") {
    Gate handler;
    BackendFixture host;
    host.factory->on_request = [&handler](Exchange&) { handler.enter(); };
    host.start(BackendFixture::spec(2));
    REQUIRE(host.wait_started().ok());
    std::array<TestExchange, 2> held;
    for (TestExchange& exchange : held) CHECK(host.submit(exchange).ok());
    REQUIRE(handler.wait_entered(2));
    CHECK(prepare(*host.backend, replicas(1)).ok());
    host.backend->adopt();
    CHECK(host.backend->stats().num_replicas == 1);
    CHECK(host.backend->stats().leaving == 1);
    CHECK_FALSE(held[0].done());
    handler.open();
    for (TestExchange& exchange : held) CHECK(exchange.wait());
    REQUIRE(host.wait_ended());
    host.backend->collect();
    CHECK(host.backend->stats().leaving == 0);
    CHECK(host.factory->destroyed() == 1);
    CHECK(host.backend->stats().replicas.requests == 2);  // what it counted stays
    answers(host, 2);
  }

  TEST_CASE("Backend: a new user_config reaches every replica between two requests") {
    Configured run(with_user_config("1", 3));
    CHECK(run.taken == 3);  // one each when they were made
    CHECK(prepare(*run.host.backend, user_config("2", 3)).ok());
    run.host.backend->adopt();
    CHECK(run.taken == 6);
    CHECK(run.host.backend->spec().config.user_config_json == "2");
    CHECK(run.host.factory->created() == 3);
    CHECK(run.host.factory->on_wrong_thread() == 0);
  }

  TEST_CASE("Backend: a user_config that one replica refuses is taken back by the others") {
    std::atomic<int> refused{0};
    std::atomic<int> old_taken{0};
    BackendFixture host;
    host.factory->on_reconfigure = [&](std::string_view json) -> Status {
      if (json == "1") ++old_taken;
      if (json == "2" && refused++ == 2) {
        return Error(ErrorCode::kInvalidArgument, "reconfigure_failed", "not on this one");
      }
      return {};
    };
    host.start(with_user_config("1", 3));
    REQUIRE(host.wait_started().ok());
    REQUIRE(old_taken == 3);
    const Status ready = prepare(*host.backend, user_config("2", 3));
    REQUIRE_FALSE(ready.ok());
    CHECK(ready.error().reason() == "reconfigure_failed");
    host.backend->give_up();
    host.backend.reset();  // ends the replicas, which follow their orders before
    CHECK(old_taken == 5);
  }

  TEST_CASE("Backend: a first user_config that is given up is undone by making the handler anew") {
    Configured run(BackendFixture::spec(1));
    CHECK(prepare(*run.host.backend, user_config("1")).ok());
    run.host.backend->give_up();
    run.host.backend.reset();
    CHECK(run.host.factory->created() == 2);
    CHECK(run.host.factory->destroyed() == 2);
  }

  TEST_CASE("Backend: T90: a new batch size holds from the next batch on") {
    std::atomic<std::size_t> largest{0};
    Gate handler;
    BackendFixture host;
    host.factory->on_execute = [&](std::size_t size) {
      if (size > largest) largest = size;
      handler.enter();
    };
    host.start(BackendFixture::spec(1, 2));
    REQUIRE(host.wait_started().ok());
    std::array<TestExchange, 7> exchanges;
    CHECK(host.submit(exchanges[0]).ok());
    REQUIRE(handler.wait_entered());
    for (std::size_t i = 1; i < exchanges.size(); ++i) CHECK(host.submit(exchanges[i]).ok());
    BackendConfig next = replicas(1);
    next.max_batch_size = 6;
    CHECK(prepare(*host.backend, next).ok());
    host.backend->adopt();
    handler.open();
    for (TestExchange& exchange : exchanges) CHECK(exchange.wait());
    CHECK(largest == 6);
  }

  TEST_CASE("Backend: a backend that is closed while a change is prepared gives the change up") {
    Gate constructor;
    BackendFixture host;
    host.factory->on_create = [&constructor](const ReplicaInfo& info) {
      if (info.index > 0) constructor.enter();
      return Status();
    };
    host.start(BackendFixture::spec(1));
    REQUIRE(host.wait_started().ok());
    std::promise<Status> ready;
    host.backend->prepare(replicas(2),
                          [&ready](Status status) { ready.set_value(std::move(status)); });
    REQUIRE(constructor.wait_entered());
    host.backend->close();
    CHECK_FALSE(ready.get_future().get().ok());
    constructor.open();
    CHECK(host.wait_stopped());
  }
}

}  // namespace
}  // namespace backplane::host
