#include "host/base/thread.hpp"

#include <array>
#include <atomic>
#include <pthread.h>

#include <doctest/doctest.h>

#include "tests/support/no_more_threads.hpp"

namespace backplane::host {
namespace {

TEST_SUITE("base") {
  TEST_CASE("Thread: it has its role and its name, cut to what the kernel keeps") {
    ThreadRole role = ThreadRole::kNone;
    std::array<char, 16> name{};
    auto thread = Thread::start("bp-rep-classifier-12", ThreadRole::kReplica, [&] {
      role = current_thread_role();
      pthread_getname_np(pthread_self(), name.data(), name.size());
    });
    REQUIRE(thread.ok());
    thread.value().join();
    CHECK(role == ThreadRole::kReplica);
    CHECK(std::string(name.data()) == "bp-rep-classifi");
    CHECK(current_thread_role() == ThreadRole::kNone);
  }

  TEST_CASE("Thread: its end is waited for when it is dropped or replaced") {
    std::atomic<int> ended{0};
    const auto body = [&ended] { ++ended; };
    {
      auto first = Thread::start("first", ThreadRole::kControl, body);
      auto second = Thread::start("second", ThreadRole::kControl, body);
      REQUIRE(first.ok());
      REQUIRE(second.ok());
      Thread kept = std::move(first).value();
      kept = std::move(second).value();
      CHECK(ended >= 1);
      CHECK(kept.joinable());
    }
    CHECK(ended == 2);
  }

  TEST_CASE("Thread: joining twice, or one never started, is harmless") {
    Thread none;
    none.join();
    CHECK_FALSE(none.joinable());
    auto thread = Thread::start("once", ThreadRole::kIo, [] {});
    REQUIRE(thread.ok());
    thread.value().join();
    thread.value().join();
    CHECK_FALSE(thread.value().joinable());
  }

  TEST_CASE("Thread: when the kernel gives none, that is an error and the body never runs") {
    bool ran = false;
    const NoMoreThreads none;
    auto thread = Thread::start("bp-io-0", ThreadRole::kIo, [&ran] { ran = true; });
    REQUIRE_FALSE(thread.ok());
    CHECK(thread.error().code() == ErrorCode::kUnavailable);
    CHECK(thread.error().reason() == "thread_unavailable");
    CHECK(thread.error().message().find("'bp-io-0'") != std::string::npos);
    CHECK_FALSE(ran);
  }
}

}  // namespace
}  // namespace backplane::host
