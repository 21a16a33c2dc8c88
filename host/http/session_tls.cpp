#include "host/http/session.hpp"
#include "host/http/socket_io.hpp"

// What a Session does where its listener speaks TLS.

namespace backplane::host {

void Session::start_tls() {
  enter(HttpPhase::kHandshake, services_.config.tls->handshake_timeout);
  tls_ = TlsStream::create(*services_.tls, watch_.fd());
  if (tls_ == nullptr) return close();
  watch_.want_read();
}

void Session::shake_hands() {
  switch (tls_->handshake()) {
    case TlsStream::Handshake::kDone:
      enter(HttpPhase::kFirstByte, services_.config.first_byte_timeout);
      // The first request may have come with the client's last word, and no edge will tell of it.
      return read_request();
    case TlsStream::Handshake::kWaiting:
      if (tls_->wants_write()) return watch_.want_write();
      watch_.read_drained();
      return watch_.want_read();
    case TlsStream::Handshake::kFailed:
      break;
  }
  services_.counters.tls_errors[static_cast<std::size_t>(tls_->fault())].add();
  keep_alive_ = false;
  // Half-closed and drained, so that the alert gets there.
  if (tls_->fault() == TlsFault::kClosed) return close();
  linger();
}

ssize_t Session::receive_tls(std::span<char> room) {
  const ssize_t n = tls_->receive(room);
  // A record that did not fill the room says nothing about the one behind it.
  if (n < 0 && would_block()) watch_.read_drained();
  return n;
}

// What still comes is only drained, and needs no understanding.
void Session::end_tls() {
  tls_->end();
  tls_.reset();
}

}  // namespace backplane::host
