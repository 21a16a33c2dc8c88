#include "host/http/acceptor.hpp"

#include <cerrno>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <utility>

namespace backplane::host {
namespace {

constexpr std::chrono::milliseconds kPause{50};
// So that a storm of connections does not keep those we have waiting.
constexpr int kAcceptsPerTurn = 64;

Descriptor open_spare() {
  return Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

}  // namespace

Acceptor::Acceptor(EventLoop& loop, Descriptor socket, HttpCounters& counters, Adopt adopt)
    : watch_(loop, std::move(socket), *this),
      counters_(counters),
      adopt_(std::move(adopt)),
      spare_(open_spare()) {}

void Acceptor::start() {
  watch_.want_read();
}

void Acceptor::on_readable() {
  for (int accepted = 0; accepted < kAcceptsPerTurn; ++accepted) {
    if (!accept_one()) break;
  }
  if (resume_at_ == kNever) watch_.want_read();
}

bool Acceptor::accept_one() {
  sockaddr_in6 peer{};  // as large as the addresses of both families are
  socklen_t size = sizeof peer;
  void* const address = &peer;
  Descriptor connection(
      ::accept4(watch_.fd(), static_cast<sockaddr*>(address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (connection.is_open()) {
    counters_.accepted.add();
    adopt_(std::move(connection), PeerAddress::of(peer));
    return true;
  }
  switch (errno) {
    case EAGAIN:
      watch_.read_drained();
      return false;
    case EMFILE:
    case ENFILE:
      counters_.accept_errors_no_descriptor.add();
      shed_one();
      resume_at_ = Clock::now() + kPause;
      return false;
    case ENOBUFS:
    case ENOMEM:
      counters_.accept_errors_other.add();
      resume_at_ = Clock::now() + kPause;
      return false;
    default:
      // The connection failed before we took it (ECONNABORTED and accept(2)'s network errors);
      // the next one may be good.
      counters_.accept_errors_other.add();
      return true;
  }
}

void Acceptor::shed_one() {
  spare_.close();
  Descriptor connection(::accept4(watch_.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  connection.close();
  spare_ = open_spare();
}

void Acceptor::resume(TimePoint now) {
  if (now < resume_at_) return;
  resume_at_ = kNever;
  if (!spare_.is_open()) spare_ = open_spare();
  watch_.want_read();
}

void Acceptor::stop() {
  if (watch_.fd() < 0) return;
  // Who is in the backlog already is served; no more often than a backlog is long, because an
  // error that lasts looks like one more connection that failed.
  for (int tries = 0; tries < SOMAXCONN && resume_at_ == kNever && accept_one(); ++tries) {
  }
  resume_at_ = kNever;
  watch_.close();
  spare_.close();
}

}  // namespace backplane::host
