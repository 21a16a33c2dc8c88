#include "host/plugin/task_pool.hpp"

#include <array>
#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include <doctest/doctest.h>

#include "tests/support/gate.hpp"
#include "tests/unit/plugin/fake_handler.hpp"

namespace backplane::host {
namespace {

using Taken = TaskPool::Taken;

// A task that is held until the test lets it go.
PluginTask held_by(Gate& gate, std::shared_ptr<const void> code = nullptr) {
  return {.plugin = "fake",
          .run = [](void* user) { static_cast<Gate*>(user)->enter(); },
          .user = &gate,
          .code = std::move(code)};
}

PluginTask counting(std::atomic<int>& count) {
  return {.plugin = "fake",
          .run = [](void* user) { ++*static_cast<std::atomic<int>*>(user); },
          .user = &count};
}

const bp_tasks& tasks_of(const bp_host& host) {
  const auto* table =
      static_cast<const bp_tasks*>(host.get_extension(host.ctx, BP_TASKS_EXTENSION));
  REQUIRE(BP_HAS(table, bp_tasks, submit));
  return *table;
}

}  // namespace

TEST_SUITE("plugin") {
  TEST_CASE("TaskPool: there is no thread before there is a task, and no more than asked for") {
    TaskPool pool(2, 10);
    CHECK(pool.threads() == 0);
    Gate gate;
    for (int i = 0; i < 5; ++i) CHECK(pool.submit(held_by(gate)) == Taken::kTaken);
    CHECK(gate.wait_entered(2));
    CHECK(pool.threads() == 2);
    CHECK(pool.waiting() == 3);
    gate.open();
    CHECK(gate.wait_entered(5));
  }

  TEST_CASE("TaskPool: as many wait as may, and the next is refused") {
    TaskPool pool(1, 2);
    Gate gate;
    CHECK(pool.submit(held_by(gate)) == Taken::kTaken);
    REQUIRE(gate.wait_entered());
    CHECK(pool.submit(held_by(gate)) == Taken::kTaken);
    CHECK(pool.submit(held_by(gate)) == Taken::kTaken);
    CHECK(pool.submit(held_by(gate)) == Taken::kFull);
    gate.open();
    CHECK(gate.wait_entered(3));
  }

  TEST_CASE("TaskPool: tasks run in the order in which they came, on another thread") {
    struct Seen {
      std::string order;
      std::thread::id thread;
    } seen;
    struct Letter {
      Seen& seen;
      char letter;
    };
    std::array<Letter, 3> letters{{{seen, 'a'}, {seen, 'b'}, {seen, 'c'}}};
    {
      TaskPool pool(1);
      for (Letter& letter : letters) {
        const auto write = [](void* user) {
          const Letter& self = *static_cast<Letter*>(user);
          self.seen.order += self.letter;
          self.seen.thread = std::this_thread::get_id();
        };
        CHECK(pool.submit({.plugin = "fake", .run = write, .user = &letter}) == Taken::kTaken);
      }
    }
    CHECK(seen.order == "abc");
    CHECK(seen.thread != std::this_thread::get_id());
  }

  TEST_CASE("TaskPool: a stop runs what waits and takes nothing more") {
    TaskPool pool(1);
    Gate gate;
    std::atomic<int> count{0};
    CHECK(pool.submit(held_by(gate)) == Taken::kTaken);
    REQUIRE(gate.wait_entered());
    for (int i = 0; i < 10; ++i) CHECK(pool.submit(counting(count)) == Taken::kTaken);
    // One that does not end is not waited for beyond the deadline.
    CHECK_FALSE(pool.stop(Clock::now()));
    CHECK(pool.submit(counting(count)) == Taken::kStopped);
    gate.open();
    CHECK(pool.stop(Clock::now() + kPatience));
    CHECK(count == 10);
    CHECK(pool.submit(counting(count)) == Taken::kStopped);
  }

  TEST_CASE("TaskPool: the code of a task is kept until it has returned") {
    TaskPool pool(1);
    Gate gate;
    auto code = std::make_shared<int>();
    const std::weak_ptr<int> loaded = code;
    CHECK(pool.submit(held_by(gate, std::move(code))) == Taken::kTaken);
    REQUIRE(gate.wait_entered());
    CHECK_FALSE(loaded.expired());
    gate.open();
    CHECK(pool.stop(Clock::now() + kPatience));
    CHECK(loaded.expired());
  }

  TEST_CASE("TaskPool: what a task throws against the contract ends nothing") {
    TaskPool pool(1);
    const auto bad = [](void* /*user*/) { throw std::runtime_error("not of the SDK"); };
    const auto worse = [](void* /*user*/) { throw 1; };
    std::atomic<int> count{0};
    CHECK(pool.submit({.plugin = "fake", .run = bad}) == Taken::kTaken);
    CHECK(pool.submit({.plugin = "fake", .run = worse}) == Taken::kTaken);
    CHECK(pool.submit(counting(count)) == Taken::kTaken);
    CHECK(pool.stop(Clock::now() + kPatience));
    CHECK(count == 1);
  }

  TEST_CASE("tasks: a plugin hands them over while it is loaded, and no nonsense") {
    AbiBridge bridge("fake");
    const bp_host& host = bridge.services();
    std::atomic<int> count{0};
    const bp_task_fn add = counting(count).run;
    // As in init().
    CHECK(tasks_of(host).submit(host.ctx, add, &count) == BP_UNAVAILABLE);
    TaskPool pool(1, 1);
    auto code = std::make_shared<int>();
    bridge.allow_tasks(pool, code);
    CHECK(tasks_of(host).submit(host.ctx, nullptr, &count) == BP_CONTRACT);
    CHECK(bridge.counts().violations == 1);
    Gate gate;
    const bp_task_fn hold = held_by(gate).run;
    CHECK(tasks_of(host).submit(host.ctx, hold, &gate) == BP_OK);
    REQUIRE(gate.wait_entered());
    CHECK(tasks_of(host).submit(host.ctx, add, &count) == BP_OK);
    CHECK(tasks_of(host).submit(host.ctx, add, &count) == BP_EXHAUSTED);
    gate.open();
    CHECK(pool.stop(Clock::now() + kPatience));
    CHECK(count == 1);
    CHECK(tasks_of(host).submit(host.ctx, add, &count) == BP_UNAVAILABLE);
  }

  TEST_CASE("tasks: in deinit() none is taken any more") {
    AbiBridge bridge("fake");
    const bp_host& host = bridge.services();
    TaskPool pool;
    bridge.allow_tasks(pool, std::make_shared<int>());
    std::atomic<int> count{0};
    CHECK(tasks_of(host).submit(host.ctx, counting(count).run, &count) == BP_UNAVAILABLE);
    CHECK(pool.threads() == 0);
  }
}

}  // namespace backplane::host
