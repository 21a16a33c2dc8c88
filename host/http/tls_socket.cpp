#include "host/http/tls_socket.hpp"

#include <cerrno>
#include <cstddef>
#include <openssl/bio.h>
#include <span>
#include <sys/socket.h>

#include "host/http/socket_io.hpp"

namespace backplane::host {
namespace {

int fd_of(BIO* bio) {
  return *static_cast<const int*>(BIO_get_data(bio));
}

// What OpenSSL is told of `n`, which a system call returned: how much was done, or to come again.
int told(BIO* bio, ssize_t n, int retry) {
  BIO_clear_retry_flags(bio);
  if (n < 0 && would_block()) BIO_set_flags(bio, retry | BIO_FLAGS_SHOULD_RETRY);
  return static_cast<int>(n);
}

int write_bytes(BIO* bio, const char* bytes, int size) {
  ssize_t n = 0;
  do {
    n = ::send(fd_of(bio), bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  } while (n < 0 && errno == EINTR);
  return told(bio, n, BIO_FLAGS_WRITE);
}

int read_bytes(BIO* bio, char* room, int size) {
  const ssize_t n = receive(fd_of(bio), std::span(room, static_cast<std::size_t>(size)));
  if (n == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  return told(bio, n, BIO_FLAGS_READ);
}

long control(BIO* bio, int command, long /*number*/, void* /*pointer*/) {
  switch (command) {
    case BIO_CTRL_FLUSH:
      return 1;  // nothing is held back
    case BIO_CTRL_EOF:
      return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
    default:
      return 0;
  }
}

}  // namespace

bio_method_st* new_tls_socket_method() {
  BIO_METHOD* const method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
  if (method == nullptr) return nullptr;
  BIO_meth_set_write(method, write_bytes);
  BIO_meth_set_read(method, read_bytes);
  BIO_meth_set_ctrl(method, control);
  return method;
}

}  // namespace backplane::host
