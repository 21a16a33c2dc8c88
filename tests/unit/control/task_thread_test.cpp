#include "host/control/task_thread.hpp"

#include <chrono>
#include <future>
#include <memory>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/gate.hpp"

namespace backplane::host {
namespace {

std::unique_ptr<TaskThread> started() {
  auto tasks = TaskThread::start("test");
  REQUIRE(tasks.ok());
  return std::move(tasks).value();
}

TEST_SUITE("control") {
  TEST_CASE("TaskThread: tasks run in the order in which they were posted") {
    std::vector<int> order;
    auto tasks = started();
    for (int i = 0; i < 100; ++i) tasks->post([&order, i] { order.push_back(i); });
    tasks->stop();
    REQUIRE(order.size() == 100);
    for (int i = 0; i < 100; ++i) CHECK(order[static_cast<std::size_t>(i)] == i);
  }

  TEST_CASE("TaskThread: what a task posts while the thread stops still runs") {
    bool ran = false;
    auto tasks = started();
    tasks->post([&] { tasks->post([&] { tasks->post([&] { ran = true; }); }); });
    tasks->stop();
    CHECK(ran);
  }

  TEST_CASE("TaskThread: a timed task runs when its moment comes, not before later ones posted") {
    std::promise<void> done;
    std::vector<int> order;
    auto tasks = started();
    // In a task, so that neither runs before both are posted.
    tasks->post([&] {
      const TimePoint now = Clock::now();
      tasks->post_at(now + std::chrono::milliseconds(5), [&] {
        order.push_back(2);
        done.set_value();
      });
      tasks->post_at(now, [&] { order.push_back(1); });
    });
    done.get_future().wait();
    tasks->stop();
    CHECK(order == std::vector<int>{1, 2});
  }

  TEST_CASE("TaskThread: a timed task that is far away does not keep the thread from stopping") {
    bool ran = false;
    auto tasks = started();
    tasks->post_at(Clock::now() + std::chrono::hours(1), [&ran] { ran = true; });
    tasks->stop();
    CHECK_FALSE(ran);
  }

  TEST_CASE(
      "TaskThread: a timed task that is cancelled does not run, and lets go of what it holds") {
    bool ran = false;
    bool let_go = false;
    Gate gate;
    auto tasks = started();
    std::promise<void> passed;
    // Held, so that neither runs before one is cancelled.
    tasks->post([&gate] { gate.enter(); });
    REQUIRE(gate.wait_entered());
    const TimePoint soon = Clock::now() + std::chrono::milliseconds(5);
    std::shared_ptr<void> held(nullptr, [&](void*) { let_go = true; });
    const auto timer = tasks->post_at(soon, [&ran, held = std::move(held)] { ran = true; });
    tasks->post_at(soon, [&passed] { passed.set_value(); });
    tasks->cancel(timer);
    CHECK(let_go);
    gate.open();
    passed.get_future().wait();
    tasks->cancel(timer);
    tasks->cancel({});
    tasks->stop();
    CHECK_FALSE(ran);
  }

  TEST_CASE("TaskThread: what a task holds that is not run any more goes while the thread stops") {
    ThreadRole dropped_by = ThreadRole::kNone;
    auto tasks = started();
    std::shared_ptr<void> held(nullptr, [&](void*) { dropped_by = current_thread_role(); });
    tasks->post_at(Clock::now() + std::chrono::hours(1), [held = std::move(held)] {});
    tasks->stop();
    CHECK(dropped_by == ThreadRole::kControl);
  }

  TEST_CASE("TaskThread: its thread has the role control") {
    ThreadRole role = ThreadRole::kNone;
    auto tasks = started();
    tasks->post([&role] { role = current_thread_role(); });
    tasks->stop();
    CHECK(role == ThreadRole::kControl);
  }
}

}  // namespace
}  // namespace backplane::host
