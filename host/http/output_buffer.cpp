#include "host/http/output_buffer.hpp"

#include <array>
#include <cerrno>
#include <sys/socket.h>
#include <sys/uio.h>

namespace backplane::host {
namespace {

constexpr std::size_t kKeptText = std::size_t{32} * 1024;

}  // namespace

OutputBuffer::Sent OutputBuffer::send(int fd) {
  while (!empty()) {
    std::array<iovec, 2> parts{};
    std::size_t count = 0;
    if (sent_ < text_.size()) parts[count++] = {text_.data() + sent_, text_.size() - sent_};
    const std::size_t body_sent = sent_ < text_.size() ? 0 : sent_ - text_.size();
    if (body_sent < body_.size()) {
      parts[count++] = {body_.data() + body_sent, body_.size() - body_sent};
    }
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = count;
    const ssize_t n = count == 1 ? ::send(fd, parts[0].iov_base, parts[0].iov_len, MSG_NOSIGNAL)
                                 : ::sendmsg(fd, &message, MSG_NOSIGNAL);
    if (n >= 0) {
      sent_ += static_cast<std::size_t>(n);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return Sent::kBlocked;
    } else if (errno != EINTR) {
      return Sent::kFailed;
    }
  }
  clear();
  return Sent::kAll;
}

void OutputBuffer::clear() {
  sent_ = 0;
  text_.clear();
  if (text_.capacity() > kKeptText) text_.shrink_to_fit();
  // Not kept: a large body came from a handler and is not what the next one needs.
  // Swapped, because assigning an empty string keeps the memory.
  std::string().swap(body_);
}

}  // namespace backplane::host
