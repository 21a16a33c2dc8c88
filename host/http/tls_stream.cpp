#include "host/http/tls_stream.hpp"

#include <algorithm>
#include <cerrno>
#include <limits>
#include <openssl/err.h>
#include <openssl/ssl.h>

namespace backplane::host {
namespace {

TlsFault fault_of(unsigned long code) {
  if (code == 0) return TlsFault::kClosed;
  switch (ERR_GET_REASON(code)) {
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST:
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_BAD_RECORD_TYPE:
      return TlsFault::kNotTls;
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_VERSION_TOO_LOW:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
      return TlsFault::kVersion;
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
      return TlsFault::kClientCertificate;
    case SSL_R_CALLBACK_FAILED:
      return TlsFault::kServerName;
    default:
      return TlsFault::kOther;
  }
}

int bounded(std::size_t size) {
  return static_cast<int>(std::min<std::size_t>(size, std::numeric_limits<int>::max()));
}

ssize_t failed_with(int code) {
  errno = code;
  return -1;
}

}  // namespace

std::unique_ptr<TlsStream> TlsStream::create(const TlsContext& context, int fd) {
  std::unique_ptr<TlsStream> stream(new TlsStream(fd));
  stream->session_ = context.new_session(stream->fd_);
  return stream->session_ == nullptr ? nullptr : std::move(stream);
}

TlsStream::Handshake TlsStream::handshake() {
  ERR_clear_error();
  const int result = SSL_accept(session_.get());
  if (result == 1) return Handshake::kDone;
  if (stopped(result) < 0 && errno == EAGAIN) return Handshake::kWaiting;
  return Handshake::kFailed;
}

ssize_t TlsStream::receive(std::span<char> room) {
  if (broken_) return failed_with(ECONNRESET);
  ERR_clear_error();
  const int n = SSL_read(session_.get(), room.data(), bounded(room.size()));
  if (n > 0) return n;
  const ssize_t end = stopped(n);
  // Reading makes us write for a client that asks for new keys; one that takes nothing meanwhile
  // would keep us busy for nothing.
  if (end < 0 && errno == EAGAIN && wants_write_) return give_up();
  return end;
}

ssize_t TlsStream::send(std::string_view bytes) {
  if (broken_) return failed_with(EPIPE);
  ERR_clear_error();
  const int n = SSL_write(session_.get(), bytes.data(), bounded(bytes.size()));
  if (n > 0) return n;
  // The end of what the client says is none of what it is told.
  if (stopped(n) == 0 || (errno == EAGAIN && !wants_write_)) return give_up();
  return -1;
}

void TlsStream::send_now(std::string_view bytes) {
  // What is half sent would have to be sent on before anything else.
  if (!broken_ && send(bytes) != static_cast<ssize_t>(bytes.size())) give_up();
}

ssize_t TlsStream::give_up() {
  broken_ = true;
  return failed_with(ECONNRESET);
}

ssize_t TlsStream::stopped(int result) {
  const int failure = errno;
  switch (SSL_get_error(session_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      wants_write_ = false;
      return failed_with(EAGAIN);
    case SSL_ERROR_WANT_WRITE:
      wants_write_ = true;
      return failed_with(EAGAIN);
    case SSL_ERROR_ZERO_RETURN:
      fault_ = TlsFault::kClosed;
      return 0;
    default:
      broken_ = true;
      // The last: what made a certificate no good stands before that it is not.
      fault_ = fault_of(ERR_peek_last_error());
      ERR_clear_error();
      return failed_with(failure == 0 || failure == EAGAIN ? ECONNRESET : failure);
  }
}

void TlsStream::end() {
  // After a failure OpenSSL allows no further call, and before the handshake there is nothing to
  // end.
  if (broken_ || SSL_is_init_finished(session_.get()) == 0) return;
  ERR_clear_error();
  static_cast<void>(SSL_shutdown(session_.get()));
  ERR_clear_error();
}

}  // namespace backplane::host
