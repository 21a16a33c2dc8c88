#include <array>

#include "host/http/session.hpp"
#include "host/http/socket_io.hpp"

// What a Session does with the bytes that come.

namespace backplane::host {
namespace {

using Progress = RequestReader::Progress;

// A connection that brings more than this at once lets others have their turn first.
constexpr int kReadsPerTurn = 16;

constexpr std::size_t kRoomBehind = 512;

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

// Told to OPTIONS *: what the server as a whole can do (RFC 9110 9.3.7).
constexpr std::string_view kAllMethods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

}  // namespace

void Session::on_readable() {
  if (closed_) return;
  switch (phase_) {
    case HttpPhase::kHandshake:
      return shake_hands();
    case HttpPhase::kInFlight:
      return read_ahead();
    case HttpPhase::kLinger:
      return read_linger();
    case HttpPhase::kWrite:
      // Not read before the answer is out; armed again by next_request().
      return;
    default:
      return read_request();
  }
}

void Session::acquire() {
  if (active_ != nullptr) return;
  active_ = services_.pool.acquire();
  active_->session = this;
  active_->home = &services_.completions;
  active_->peer = &peer_;
}

ssize_t Session::receive_into(std::span<char> room) {
  if (tls_ != nullptr) return receive_tls(room);
  const ssize_t n = receive(watch_.fd(), room);
  // Less than there was room for is all there was (epoll(7)).
  const bool all = n < 0 ? would_block() : static_cast<std::size_t>(n) < room.size();
  if (all) watch_.read_drained();
  return n;
}

void Session::read_request() {
  acquire();
  for (int reads = 0; reads < kReadsPerTurn; ++reads) {
    // A little more than the request: the room in which a departing client shows itself.
    const std::size_t wanted = active_->reader.wanted_bytes();
    active_->buffer.make_room(wanted == 0 ? 0 : wanted + kRoomBehind);
    const std::span<char> room = active_->buffer.room();
    const ssize_t n = receive_into(room);
    if (n == 0) return on_end_of_stream();
    if (n < 0) {
      if (!would_block()) return on_client_gone();
      break;
    }
    active_->buffer.commit(static_cast<std::size_t>(n));
    if (is_waiting()) active_->request.received_at = services_.now();
    advance();
    const bool reading = is_in(HttpPhase::kHead) || is_in(HttpPhase::kBody);
    if (closed_ || send_queued_ || !reading) return;
    if (static_cast<std::size_t>(n) < room.size()) break;
  }
  if (active_->buffer.empty() && !is_in(HttpPhase::kBody) && !is_in(HttpPhase::kHead)) release();
  watch_.want_read();
}

void Session::advance() {
  switch (active_->reader.advance(active_->buffer, active_->request)) {
    case Progress::kNeedMore:
      // Most requests come whole, and are never in this phase.
      if (is_waiting()) enter(HttpPhase::kHead, services_.config.head_timeout);
      if (is_in(HttpPhase::kBody)) extend_body_deadline();
      return;
    case Progress::kHeadDone:
      return on_head_done();
    case Progress::kComplete:
      return hand_over();
    case Progress::kRefused:
      return refuse(active_->reader.refusal());
  }
}

// Absolute, but for what has really come: bytes at the minimum rate buy time, activity does not.
void Session::extend_body_deadline() {
  const std::uint64_t rate = services_.config.body_min_bytes_per_second;
  if (rate == 0) return;
  deadline = since + services_.config.body_timeout +
             std::chrono::milliseconds(active_->reader.body_bytes() * 1000 / rate);
}

void Session::name_request() {
  if (active_->request.request_id.empty()) {
    active_->request.request_id.make(services_.random);
  }
}

void Session::on_head_done() {
  name_request();
  enter(HttpPhase::kBody, services_.config.body_timeout);
  extend_body_deadline();
  const EarlyVerdict verdict = services_.handler.refuse_early(*active_);
  if (verdict != EarlyVerdict::kReadBody) {
    services_.counters.requests.add();
    // The body is not waited for: half-close, drain within the budget, close (faults.md 2, 6).
    keep_alive_ = false;
    must_linger_ = true;
    return verdict == EarlyVerdict::kRefused ? respond(active_->response) : await_refusal();
  }
  const Framing& framing = active_->reader.framing();
  if (framing.expects_continue && active_->reader.body_bytes() == 0) {
    say(kContinue);
  }
}

void Session::await_refusal() {
  enter(HttpPhase::kInFlight, Duration::max());
  with_handler_ = true;
  answered_ = false;
  services_.needs_flush = true;
}

void Session::hand_over() {
  name_request();
  if (active_->reader.framing().body == Framing::Body::kChunked) {
    services_.counters.trailers_dropped.add(active_->reader.trailers());
  }
  enter(HttpPhase::kInFlight, Duration::max());
  keep_alive_ = active_->reader.framing().keep_alive;
  if (active_->request.path == "*") {
    active_->response.status = 204;
    active_->response.headers.add("Allow", kAllMethods);
    return respond(active_->response);
  }
  services_.counters.requests.add();
  with_handler_ = true;
  answered_ = false;
  services_.needs_flush = true;
  services_.handler.handle(*active_);
  // Set by handle(), before it passed the exchange on; nobody writes it after that.
  deadline = active_->request.deadline;
  watch_ahead();
}

// Reading stops while a request is with its handler and enough waits behind it.
void Session::watch_ahead() {
  if (half_closed_ || !with_handler_) return;
  const std::size_t ahead = active_->buffer.size() - active_->reader.request_bytes();
  if (active_->buffer.room().empty() || ahead >= services_.config.max_pipelined_bytes) {
    services_.counters.read_paused.add();
    return;
  }
  watch_.want_read();
}

// While a request is with its handler: what follows it, and whether the client is still there.
void Session::read_ahead() {
  if (!with_handler_) return;
  const std::span<char> room = active_->buffer.room();
  if (room.empty()) return;
  const ssize_t n = receive_into(room);
  if (n == 0) {
    // Legal after a complete request: the client may only have nothing more to say.
    half_closed_ = true;
    since = services_.now();
    return;
  }
  if (n < 0 && !would_block()) return on_client_gone();
  if (n > 0) active_->buffer.commit(static_cast<std::size_t>(n));
  watch_ahead();
}

void Session::read_linger() {
  std::array<char, 16384> scratch;
  for (int reads = 0; reads < kReadsPerTurn; ++reads) {
    const ssize_t n = receive_into(scratch);
    if (n < 0 && would_block()) return watch_.want_read();
    if (n <= 0) return close();
    drained_ += static_cast<std::uint64_t>(n);
    services_.counters.drained_bytes.add(static_cast<std::uint64_t>(n));
    if (drained_ > services_.config.linger_bytes) return close();
  }
  watch_.want_read();
}

void Session::on_end_of_stream() {
  half_closed_ = true;
  if (is_in(HttpPhase::kHead) || is_in(HttpPhase::kBody)) services_.counters.incomplete.add();
  close();
}

}  // namespace backplane::host
