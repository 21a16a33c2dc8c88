#include <future>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "tests/unit/backend/backend_fixture.hpp"

namespace backplane::host {
namespace {

// What came of one save_states(). Owned by the test case, told by replicas.
class Saved {
 public:
  StateGather::Done done() {
    return [this](Result<HandlerStates> states) { told_.set_value(std::move(states)); };
  }
  // False when that takes over kPatience.
  bool wait() {
    auto future = told_.get_future();
    if (future.wait_for(kPatience) != std::future_status::ready) return false;
    states_.emplace(future.get());
    return true;
  }
  const Result<HandlerStates>& states() const { return *states_; }

 private:
  std::promise<Result<HandlerStates>> told_;
  std::optional<Result<HandlerStates>> states_;
};

}  // namespace

TEST_SUITE("backend") {
  TEST_CASE("Backend: each replica says what it holds, and serves on") {
    BackendFixture fixture;
    fixture.factory->on_save = [] {
      return Result<std::optional<HandlerState>>(HandlerState{.version = 2, .bytes = "kept"});
    };
    fixture.start(BackendFixture::spec(3));
    REQUIRE(fixture.wait_started().ok());
    Saved saved;
    fixture.backend->save_states(saved.done());
    REQUIRE(saved.wait());
    REQUIRE(saved.states().ok());
    CHECK(saved.states().value() == HandlerStates(3, HandlerState{.version = 2, .bytes = "kept"}));
    CHECK(fixture.factory->on_wrong_thread() == 0);
    TestExchange after;
    REQUIRE(fixture.submit(after).ok());
    CHECK(after.wait());
  }

  TEST_CASE("Backend: a handler that hands nothing over is not asked, however long it runs") {
    Gate gate;
    BackendFixture fixture;
    fixture.factory->on_execute = [&](std::size_t) { gate.enter(); };
    fixture.start(BackendFixture::spec(1));
    REQUIRE(fixture.wait_started().ok());
    TestExchange held;
    REQUIRE(fixture.submit(held).ok());
    REQUIRE(gate.wait_entered());
    Saved saved;
    fixture.backend->save_states(saved.done());
    const bool told = saved.wait();
    gate.open();
    CHECK(held.wait());
    REQUIRE(told);
    CHECK(saved.states().value().empty());
  }

  TEST_CASE("Backend: a replica that cannot save is the answer") {
    BackendFixture fixture;
    fixture.factory->on_save = [] {
      return Result<std::optional<HandlerState>>(
          Error(ErrorCode::kInvalidArgument, "state_save_failed", "no"));
    };
    fixture.start(BackendFixture::spec(2));
    REQUIRE(fixture.wait_started().ok());
    Saved saved;
    fixture.backend->save_states(saved.done());
    REQUIRE(saved.wait());
    REQUIRE_FALSE(saved.states().ok());
    CHECK(saved.states().error().reason() == "state_save_failed");
  }

  TEST_CASE("Backend: who waits for a replica that is busy may give up") {
    BackendFixture fixture;
    Gate busy;
    fixture.factory->on_request = [&busy](Exchange&) { busy.enter(); };
    fixture.factory->on_save = [] { return std::optional<HandlerState>(); };
    fixture.start(BackendFixture::spec());
    REQUIRE(fixture.wait_started().ok());
    TestExchange held;
    REQUIRE(fixture.submit(held).ok());
    REQUIRE(busy.wait_entered());
    Saved saved;
    fixture.backend->save_states(saved.done());
    fixture.backend->abandon_save(Error(ErrorCode::kDeadlineExceeded, "late", "too late"));
    REQUIRE(saved.wait());
    REQUIRE_FALSE(saved.states().ok());
    CHECK(saved.states().error().reason() == "late");
    busy.open();
    CHECK(held.wait());
  }

  TEST_CASE("Backend: replicas begin with the state of their index, before they are warmed up") {
    BackendFixture fixture;
    Mutex mutex;
    std::map<std::string, int> events;
    const auto note = [&](const std::string& event) {
      MutexLock lock(mutex);
      ++events[event];
    };
    fixture.factory->on_restore = [&](const HandlerState& state) {
      note(state.bytes + " of " + std::to_string(state.version));
      return Status();
    };
    fixture.factory->on_warm_up = [&] {
      note("warm");
      return Status();
    };
    fixture.options.states = {HandlerState{.version = 1, .bytes = "a"}, std::nullopt,
                              HandlerState{.version = 4, .bytes = "c"},
                              HandlerState{.version = 1, .bytes = "of nobody"}};
    fixture.start(BackendFixture::spec(3));
    REQUIRE(fixture.wait_started().ok());
    MutexLock lock(mutex);
    CHECK(events == std::map<std::string, int>{{"a of 1", 1}, {"c of 4", 1}, {"warm", 3}});
  }

  TEST_CASE("Backend: a replica that cannot go on, or is not warm, keeps all from serving") {
    BackendFixture fixture;
    fixture.options.states = {std::nullopt, HandlerState{.version = 1, .bytes = "x"}};
    fixture.factory->on_restore = [](const HandlerState&) {
      return Status(Error(ErrorCode::kInvalidArgument, "state_restore_failed", "what is x?"));
    };
    fixture.start(BackendFixture::spec(2));
    CHECK(fixture.wait_started().error().reason() == "state_restore_failed");
    REQUIRE(fixture.wait_stopped());
    BackendFixture cold;
    cold.factory->on_warm_up = [] {
      return Status(Error(ErrorCode::kInvalidArgument, "warm_up_failed", "still cold"));
    };
    cold.start(BackendFixture::spec());
    CHECK(cold.wait_started().error().reason() == "warm_up_failed");
    REQUIRE(cold.wait_stopped());
  }
}

}  // namespace backplane::host
