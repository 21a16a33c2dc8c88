#include "host/http/session.hpp"

#include <sys/socket.h>

#include "host/http/socket_io.hpp"

// The life of a connection: its phases, their limits and its end. What it reads and what it
// answers stand in session_reading.cpp and session_answering.cpp.

namespace backplane::host {
namespace {

// How long the end of the client's stream may stand before we ask whether anybody is there.
constexpr std::chrono::milliseconds kProbeAfter{100};
constexpr std::string_view kProbe = "HTTP/1.1 100 Continue\r\n\r\n";

constexpr std::string_view kOverloaded =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\n"
    "X-Content-Type-Options: nosniff\r\nRetry-After: 1\r\nConnection: close\r\n"
    "Content-Length: 151\r\n\r\n"
    "{\"type\":\"urn:backplane:error:overloaded\",\"title\":\"Service Unavailable\",\"status\":503,"
    "\"code\":\"overloaded\",\"detail\":\"the listener has no connection left\"}";
static_assert(kOverloaded.size() - kOverloaded.find("\r\n\r\n") - 4 == 151);

}  // namespace

Session::Session(IoServices& services, Descriptor socket, const PeerAddress& peer, bool counted)
    : services_(services),
      watch_(services.loop, std::move(socket), *this),
      peer_(peer),
      counted_(counted) {}

Session::~Session() = default;

void Session::start() {
  if (services_.tls != nullptr) return start_tls();
  enter(HttpPhase::kFirstByte, services_.config.first_byte_timeout);
  watch_.want_read();
}

void Session::reject() {
  // To be understood there would have to be a handshake, which costs more than is left.
  if (services_.tls == nullptr) send_now(watch_.fd(), kOverloaded);
  keep_alive_ = false;
  linger();
}

void Session::enter(HttpPhase phase, Duration limit) {
  if (listed_) {
    services_.phase(phase_).remove(*this);
    services_.counters.connections[static_cast<std::size_t>(phase_)].subtract();
  }
  phase_ = phase;
  since = services_.now();
  deadline = limit == Duration::max() ? kNever : since + limit;
  services_.phase(phase_).push_back(*this);
  services_.counters.connections[static_cast<std::size_t>(phase_)].add();
  listed_ = true;
}

void Session::linger() {
  if (tls_ != nullptr) end_tls();
  ::shutdown(watch_.fd(), SHUT_WR);
  if (!with_handler_) release();
  enter(HttpPhase::kLinger, services_.config.linger_timeout);
  watch_.want_read();
}

void Session::on_client_gone() {
  if (is_in(HttpPhase::kInFlight) || is_in(HttpPhase::kWrite)) {
    services_.counters.client_gone.add();
  } else if (is_in(HttpPhase::kHead) || is_in(HttpPhase::kBody)) {
    services_.counters.incomplete.add();
  }
  close();
}

void Session::close_gently() {
  if (!closed_) linger();
}

void Session::close() {
  if (closed_) return;
  closed_ = true;
  if (with_handler_) {
    active_->abandon();
  } else if (in_pieces_ && active_ != nullptr) {
    // Whoever makes the pieces hears of the end when it is asked for the next one.
    active_->abandon();
    ask_for_piece();
  } else {
    release();
  }
  if (listed_) {
    services_.phase(phase_).remove(*this);
    services_.counters.connections[static_cast<std::size_t>(phase_)].subtract();
    listed_ = false;
  }
  if (unframed_) {
    reset_on_close(watch_.fd());
  } else if (tls_ != nullptr) {
    end_tls();
  }
  watch_.close();
  if (counted_) services_.budget.give_back();
  services_.closed.push_back(this);
}

void Session::release() {
  if (active_ != nullptr) services_.pool.release(std::move(active_));
}

void Session::stop() {
  if (closed_) return;
  if (with_handler_ && !answered_ && !in_pieces_) {
    answer_unfinished(
        Error(ErrorCode::kUnavailable, "shutting_down", "the server is shutting down"));
    static_cast<void>(send_output());
  }
  close();
}

void Session::on_tick(TimePoint now) {
  const bool is_out = with_handler_ || in_pieces_;
  if (is_out && services_.handler.is_recalled(*active_)) active_->recall();
  if (is_in(HttpPhase::kInFlight)) return check_in_flight(now);
  if (now < deadline) return;
  services_.counters.timeouts[static_cast<std::size_t>(phase_)].add();
  if (is_in(HttpPhase::kHead) || is_in(HttpPhase::kBody)) {
    deadline = kNever;
    return refuse(Error(ErrorCode::kRequestTimeout, "the request did not arrive in time"));
  }
  if (is_in(HttpPhase::kWrite)) services_.counters.client_gone.add();
  if (is_in(HttpPhase::kHandshake)) {
    services_.counters.tls_errors[static_cast<std::size_t>(TlsFault::kTimeout)].add();
  }
  close();
}

// A client that has closed and one that has only sent its last byte look the same until we send.
// HTTP/1.1 clients accept an interim answer at any time (RFC 9110 15.2): whoever is gone answers
// it with a reset, so that its request need not run.
void Session::check_in_flight(TimePoint now) {
  if (now >= deadline && with_handler_) {
    services_.counters.timeouts[static_cast<std::size_t>(phase_)].add();
    // Its head is out: all that is left to say is that it is not whole.
    if (in_pieces_) return close();
    return answer_unfinished(
        Error(ErrorCode::kDeadlineExceeded, "the answer was not ready before its deadline"));
  }
  if (!half_closed_ || !with_handler_) return;
  if (in_pieces_) {
    // Nothing may be said between two pieces; what was said shows who is gone.
    if (was_reset(watch_.fd())) on_client_gone();
    return;
  }
  if (active_->reader.minor_version() == 0) return;
  if (!probed_) {
    if (now < since + kProbeAfter) return;
    probed_ = true;
    return say(kProbe);
  }
  if (was_reset(watch_.fd())) on_client_gone();
}

}  // namespace backplane::host
