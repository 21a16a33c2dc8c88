#include "host/http/watch.hpp"

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <poll.h>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

constexpr Duration kNoWait = Duration::zero();

// One end of a pair of connected sockets under watch; the test holds the other.
class Watched final : public ReadyListener {
 public:
  explicit Watched(EventLoop& loop) {
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) == 0);
    other_ = Descriptor(ends[1]);
    watch_ = std::make_unique<Watch>(loop, Descriptor(ends[0]), *this);
  }

  Watch& watch() { return *watch_; }
  void end_stream() { ::shutdown(other_.get(), SHUT_WR); }
  void send(std::string_view text) {
    REQUIRE(::write(other_.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  // Takes up to `n` bytes out of the watched end, or out of the other one.
  ssize_t take(std::size_t n) { return ::read(watch_->fd(), scratch_.data(), n); }
  ssize_t take_from_other(std::size_t n) { return ::read(other_.get(), scratch_.data(), n); }

  int readable = 0;
  int writable = 0;
  std::function<void()> when_readable = [] {};

 private:
  void on_readable() override {
    ++readable;
    when_readable();
  }
  void on_writable() override { ++writable; }

  std::array<char, 65536> scratch_{};
  Descriptor other_;
  std::unique_ptr<Watch> watch_;
};

EventLoop make_loop() {
  auto loop = EventLoop::create();
  REQUIRE(loop.ok());
  return std::move(loop).value();
}

TEST_SUITE("http") {
  TEST_CASE("Watch: one want is one call, and no call without a want") {
    EventLoop loop = make_loop();
    Watched watched(loop);
    watched.watch().want_read();
    watched.watch().want_read();
    loop.run_turn(kNoWait);
    CHECK(watched.readable == 0);
    watched.send("a");
    loop.run_turn(kNoWait);
    CHECK(watched.readable == 1);
    watched.send("b");
    loop.run_turn(kNoWait);
    CHECK(watched.readable == 1);
  }

  TEST_CASE("Watch: what was left unread is told again, without anything new from outside") {
    EventLoop loop = make_loop();
    Watched watched(loop);
    watched.send("abc");
    watched.watch().want_read();
    loop.run_turn(kNoWait);
    REQUIRE(watched.readable == 1);
    CHECK(watched.take(1) == 1);
    watched.watch().want_read();
    loop.run_turn(std::chrono::seconds(10));  // returns at once
    CHECK(watched.readable == 2);
  }

  TEST_CASE("Watch: what came while nobody wanted it is told when somebody does") {
    EventLoop loop = make_loop();
    Watched watched(loop);
    watched.send("a");
    loop.run_turn(kNoWait);
    CHECK(watched.readable == 0);
    watched.watch().want_read();
    loop.run_turn(std::chrono::seconds(10));
    CHECK(watched.readable == 1);
  }

  TEST_CASE("Watch: once drained it is told by the next bytes only") {
    EventLoop loop = make_loop();
    Watched watched(loop);
    watched.send("a");
    watched.watch().want_read();
    loop.run_turn(kNoWait);
    CHECK(watched.take(8) == 1);
    watched.watch().read_drained();
    watched.watch().want_read();
    loop.run_turn(kNoWait);
    CHECK(watched.readable == 1);
    watched.send("b");
    loop.run_turn(kNoWait);
    CHECK(watched.readable == 2);
  }

  TEST_CASE("Watch: the end of the stream is told even where it came together with bytes") {
    EventLoop loop = make_loop();
    Watched watched(loop);
    watched.send("a");
    watched.end_stream();
    watched.watch().want_read();
    loop.run_turn(kNoWait);
    CHECK(watched.take(8) == 1);
    watched.watch().read_drained();  // a short read
    watched.watch().want_read();
    loop.run_turn(std::chrono::seconds(10));
    CHECK(watched.readable == 2);
    CHECK(watched.take(8) == 0);
  }

  TEST_CASE("Watch: a write that did not fit is told when there is room") {
    EventLoop loop = make_loop();
    Watched watched(loop);
    const std::array<char, 4096> bytes{};
    ssize_t filled = 0;
    for (ssize_t n = 0; n >= 0; n = ::write(watched.watch().fd(), bytes.data(), bytes.size())) {
      filled += n;
    }
    REQUIRE(filled > 0);
    for (int times = 1; times <= 2; ++times) {
      watched.watch().want_write();
      loop.run_turn(kNoWait);
      CHECK(watched.writable == times - 1);
      while (watched.take_from_other(65536) > 0) {
      }
      loop.run_turn(kNoWait);
      CHECK(watched.writable == times);
      while (::write(watched.watch().fd(), bytes.data(), bytes.size()) > 0) {
      }
    }
  }

  TEST_CASE("Watch: one that is closed by another's call is told nothing in that turn") {
    EventLoop loop = make_loop();
    Watched first(loop);
    Watched second(loop);
    first.when_readable = [&second] { second.watch().close(); };
    second.when_readable = [&first] { first.watch().close(); };
    SUBCASE("both by the kernel") {
      first.watch().want_read();
      second.watch().want_read();
      first.send("a");
      second.send("b");
      loop.run_turn(kNoWait);
    }
    SUBCASE("both left over from the turn before") {
      first.send("a");
      second.send("b");
      loop.run_turn(kNoWait);
      first.watch().want_read();
      second.watch().want_read();
      loop.run_turn(kNoWait);
    }
    CHECK(first.readable + second.readable == 1);
  }

  TEST_CASE("Watch: one that goes away is told nothing, though its file lives on elsewhere") {
    EventLoop loop = make_loop();
    Watched watched(loop);
    watched.watch().want_read();
    // As in a child that a plugin forked.
    const Descriptor elsewhere(::dup(watched.watch().fd()));
    REQUIRE(elsewhere.is_open());
    watched.watch().close();
    CHECK(watched.watch().fd() == -1);
    watched.send("a");
    pollfd ready{loop.epoll_fd(), POLLIN, 0};
    CHECK(::poll(&ready, 1, 0) == 0);
  }

  TEST_CASE("Watch: one that goes away before its turn is forgotten") {
    EventLoop loop = make_loop();
    Watched other(loop);
    other.send("b");
    loop.run_turn(kNoWait);
    other.watch().want_read();
    {
      Watched watched(loop);
      watched.send("a");
      loop.run_turn(kNoWait);
      watched.watch().want_read();
    }
    loop.run_turn(kNoWait);
    CHECK(other.readable == 1);
  }
}

}  // namespace
}  // namespace backplane::host
