#include "host/base/mutex.hpp"

#include <doctest/doctest.h>

#include "host/base/thread.hpp"

namespace backplane::host {
namespace {

TEST_SUITE("base") {
  TEST_CASE("CondVar: a wait past its deadline says so") {
    Mutex mutex;
    CondVar condition;
    MutexLock lock(mutex);
    const TimePoint deadline = Clock::now() + std::chrono::milliseconds(1);
    while (condition.wait_until(mutex, deadline)) {
    }
    CHECK(Clock::now() >= deadline);
  }

  TEST_CASE("CondVar: a notified wait ends before its deadline") {
    Mutex mutex;
    CondVar condition;
    bool ready = false;
    auto notifier = Thread::start("notifier", ThreadRole::kNone, [&] {
      MutexLock lock(mutex);
      ready = true;
      condition.notify_one();
    });
    REQUIRE(notifier.ok());
    const TimePoint deadline = Clock::now() + std::chrono::seconds(30);
    bool in_time = true;
    {
      MutexLock lock(mutex);
      while (!ready && in_time) in_time = condition.wait_until(mutex, deadline);
    }
    CHECK(in_time);
    CHECK(ready);
  }

  TEST_CASE("Mutex: increments of two threads are all there") {
    Mutex mutex;
    int count = 0;
    const auto add = [&] {
      for (int i = 0; i < 1000; ++i) {
        MutexLock lock(mutex);
        ++count;
      }
    };
    {
      auto other = Thread::start("other", ThreadRole::kNone, add);
      REQUIRE(other.ok());
      add();
    }
    CHECK(count == 2000);
  }
}

}  // namespace
}  // namespace backplane::host
