#include "host/http/watch.hpp"

#include <sys/epoll.h>
#include <utility>

namespace backplane::host {
namespace {

constexpr std::uint32_t kReads = EPOLLIN | EPOLLRDHUP | EPOLLET;
constexpr std::uint32_t kEnds = EPOLLRDHUP | EPOLLHUP | EPOLLERR;

}  // namespace

Watch::Watch(EventLoop& loop, Descriptor descriptor, ReadyListener& listener)
    : loop_(loop), descriptor_(std::move(descriptor)), listener_(listener) {
  if (descriptor_.is_open() && !loop_.add(descriptor_.get(), kReads, *this)) descriptor_.close();
}

void Watch::want_read() {
  if (wants_read_ || !descriptor_.is_open()) return;
  wants_read_ = true;
  if (!may_read_) return;
  listed_ = true;
  loop_.tell_next_turn(*this);
}

void Watch::read_drained() {
  // The end came as the edge of the bytes before it; there will be no other.
  may_read_ = ended_;
}

void Watch::want_write() {
  if (!descriptor_.is_open()) return;
  wants_write_ = true;
  if (std::exchange(writes_armed_, true)) return;
  loop_.modify(descriptor_.get(), kReads | EPOLLOUT, *this);
}

void Watch::close() {
  if (!descriptor_.is_open()) return;
  // Closing alone takes it out of the kernel's set only where nobody else has the open file, and a
  // plugin that forks does. Events of this turn find it closed.
  loop_.remove(descriptor_.get());
  descriptor_.close();
  wants_read_ = wants_write_ = false;
  if (std::exchange(listed_, false)) loop_.forget(*this);
}

void Watch::on_events(std::uint32_t events) {
  if (!descriptor_.is_open()) return;
  if ((events & (EPOLLIN | kEnds)) != 0) {
    may_read_ = true;
    ended_ = ended_ || (events & kEnds) != 0;
    // What stands in the list is told from there.
    if (wants_read_ && !listed_) tell_readable();
  }
  if (wants_write_ && (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0) {
    wants_write_ = false;
    listener_.on_writable();
  }
}

void Watch::on_next_turn() {
  listed_ = false;
  if (wants_read_) tell_readable();
}

void Watch::tell_readable() {
  wants_read_ = false;
  listener_.on_readable();
}

}  // namespace backplane::host
