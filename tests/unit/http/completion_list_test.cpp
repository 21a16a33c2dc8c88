#include "host/http/completion_list.hpp"

#include <chrono>
#include <cstdint>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/gate.hpp"

namespace backplane::host {
namespace {

Descriptor event() {
  return Descriptor(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
}

// Waits for wakes as the io thread does: by edges.
class Waiter {
 public:
  explicit Waiter(const CompletionList& list) {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLET;
    REQUIRE(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, list.event_fd(), &event) == 0);
  }

  // Whether there was a wake since the last call, or comes within `wait`.
  bool is_woken(std::chrono::milliseconds wait = {}) {
    epoll_event event{};
    return ::epoll_wait(epoll_.get(), &event, 1, static_cast<int>(wait.count())) == 1;
  }

 private:
  Descriptor epoll_{::epoll_create1(EPOLL_CLOEXEC)};
};

TEST_SUITE("http") {
  TEST_CASE("CompletionList: exchanges come out in the order in which they went in") {
    CompletionList list(event());
    Exchange first;
    Exchange second;
    Exchange third;
    CHECK(list.pop_all() == nullptr);
    list.push(first);
    list.push(second);
    list.push(third);
    CHECK_FALSE(list.empty());
    CHECK(list.pop_all() == &first);
    CHECK(first.next == &second);
    CHECK(second.next == &third);
    CHECK(third.next == nullptr);
    CHECK(list.empty());
  }

  TEST_CASE("CompletionList: only who makes it non-empty wakes, and its owner wakes nobody") {
    CompletionList list(event());
    Waiter waiter(list);
    Exchange first;
    Exchange second;
    list.push(first);
    CHECK(waiter.is_woken());
    list.push(second);
    CHECK_FALSE(waiter.is_woken());
    list.pop_all();
    list.push(first);
    CHECK(waiter.is_woken());
    list.pop_all();
    list.set_owner();
    list.push(first);
    CHECK_FALSE(waiter.is_woken());
    list.wake();
    CHECK(waiter.is_woken());
  }

  // Four threads complete what one collects; run under the thread sanitizer it is the proof of
  // the comment in the header.
  TEST_CASE("CompletionList: nothing that any thread pushes is lost, torn or late") {
    constexpr std::size_t kThreads = 4;
    constexpr std::size_t kEach = 20000;
    CompletionList list(event());
    list.set_owner();
    Waiter waiter(list);
    std::vector<std::vector<Exchange>> exchanges(kThreads);
    for (auto& each : exchanges) each = std::vector<Exchange>(kEach);
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < kThreads; ++t) {
      threads.emplace_back([&list, &mine = exchanges[t], t] {
        for (std::size_t i = 0; i < kEach; ++i) {
          mine[i].batch_key = t;
          mine[i].batch_size = static_cast<std::uint32_t>(i);
          list.push(mine[i]);
        }
      });
    }
    std::vector<std::uint32_t> expected(kThreads, 0);
    std::size_t seen = 0;
    bool in_order = true;
    while (seen < kThreads * kEach) {
      // A lost wake would leave this waiting with work in the list.
      REQUIRE(waiter.is_woken(kPatience));
      for (Exchange* exchange = list.pop_all(); exchange != nullptr; exchange = exchange->next) {
        in_order = in_order && exchange->batch_size == expected[exchange->batch_key];
        ++expected[exchange->batch_key];
        ++seen;
      }
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(in_order);
    CHECK(list.empty());
  }
}

}  // namespace
}  // namespace backplane::host
