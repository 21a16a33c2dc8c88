#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <sys/types.h>

#include "host/http/tls_context.hpp"
#include "host/metrics/http_counters.hpp"

namespace backplane::host {

// What TLS does to the bytes of one connection: the same calls as for a socket in the clear, on a
// socket that never blocks. Owned by the connection's Session; its io thread.
class TlsStream {
 public:
  enum class Handshake : std::uint8_t { kDone, kWaiting, kFailed };

  // [io] `fd` stays the caller's and outlives the stream. Null when there is no memory.
  static std::unique_ptr<TlsStream> create(const TlsContext& context, int fd);
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  // [io] Goes on with the handshake. kFailed: fault() says why, and the client has been told as
  // far as TLS has words for it; nothing but the end may follow.
  Handshake handshake();
  TlsFault fault() const { return fault_; }

  // [io] As receive() of a socket: bytes, 0 at the end of the stream, -1 with errno. There may be
  // more although there was room for it: only when it would block, nothing is left.
  ssize_t receive(std::span<char> room);
  // [io] As send(2), of a part of `bytes`.
  ssize_t send(std::string_view bytes);
  // [io] Best effort, as send_now() of a socket; what does not fit ends the connection.
  void send_now(std::string_view bytes);
  // [io] What keeps the handshake waiting is that the socket takes nothing.
  bool wants_write() const { return wants_write_; }
  // [io] Says that nothing will follow, as far as that fits; nothing may be sent behind it.
  void end();

 private:
  explicit TlsStream(int fd) : fd_(fd) {}
  // What a call that did not succeed means: 0 at the end, -1 with errno.
  ssize_t stopped(int result);
  ssize_t give_up();

  int fd_;
  TlsContext::TlsSession session_;  // refers to fd_
  TlsFault fault_ = TlsFault::kOther;
  bool wants_write_ = false;
  bool broken_ = false;  // no further call may be made (SSL_get_error(3))
};

}  // namespace backplane::host
