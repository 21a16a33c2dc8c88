#include "host/http/socket_io.hpp"

#include <cerrno>
#include <sys/socket.h>

namespace backplane::host {

ssize_t receive(int fd, std::span<char> room) {
  for (;;) {
    const ssize_t n = ::recv(fd, room.data(), room.size(), 0);
    if (n >= 0 || errno != EINTR) return n;
  }
}

bool would_block() {
  return errno == EAGAIN || errno == EWOULDBLOCK;
}

void send_now(int fd, std::string_view text) {
  static_cast<void>(!::send(fd, text.data(), text.size(), MSG_NOSIGNAL));
}

bool was_reset(int fd) {
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error != 0;
}

void reset_on_close(int fd) {
  const linger none{.l_onoff = 1, .l_linger = 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
}

}  // namespace backplane::host
