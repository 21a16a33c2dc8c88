#include "host/http/event_loop.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <sys/epoll.h>
#include <utility>

#include "host/http/watch.hpp"

namespace backplane::host {
namespace {

// What a turn takes from the kernel at the most: clients that never stop sending would otherwise
// keep answers and timers waiting. The rest stays ready, in the order in which it became so.
constexpr std::size_t kEventsPerTurn = 512;

int to_milliseconds(Duration wait) {
  // Rounded up: waking before a timer is due would be a turn for nothing.
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(wait).count();
  return static_cast<int>(std::clamp<decltype(ms)>(ms, 0, std::numeric_limits<int>::max()));
}

epoll_event to_event(std::uint32_t events, Watch& watch) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &watch;
  return event;
}

}  // namespace

Result<EventLoop> EventLoop::create() {
  Descriptor epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll.is_open()) return Error(ErrorCode::kUnavailable, "no descriptor for an event loop");
  return EventLoop(std::move(epoll));
}

void EventLoop::run_turn(Duration max_wait) {
  std::array<epoll_event, kEventsPerTurn> events;
  const int timeout = next_turn_.empty() ? to_milliseconds(max_wait) : 0;
  // -1 only when a signal came first: then nothing was ready.
  const int ready = ::epoll_wait(epoll_.get(), events.data(), kEventsPerTurn, timeout);
  // Taken out first: who is told may ask for the turn after this one.
  this_turn_.swap(next_turn_);
  next_turn_.clear();
  for (Watch* const watch : this_turn_) {
    if (watch != nullptr) watch->on_next_turn();
  }
  for (int i = 0; i < ready; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    static_cast<Watch*>(event.data.ptr)->on_events(event.events);
  }
}

bool EventLoop::add(int fd, std::uint32_t events, Watch& watch) {
  epoll_event event = to_event(events, watch);
  return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

void EventLoop::modify(int fd, std::uint32_t events, Watch& watch) {
  epoll_event event = to_event(events, watch);
  // It cannot fail for a descriptor that is in the set.
  static_cast<void>(::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event));
}

void EventLoop::remove(int fd) {
  static_cast<void>(::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr));
}

void EventLoop::forget(Watch& watch) {
  // Seldom: a connection that ends while bytes of it wait for the next turn.
  for (auto* const list : {&next_turn_, &this_turn_}) {
    std::replace(list->begin(), list->end(), &watch, static_cast<Watch*>(nullptr));
  }
}

}  // namespace backplane::host
