#include "host/http/output_buffer.hpp"

#include <array>
#include <cerrno>
#include <sys/socket.h>
#include <sys/uio.h>

namespace backplane::host {
namespace {

constexpr std::size_t kKeptText = std::size_t{32} * 1024;

}  // namespace

ssize_t OutputBuffer::send_both(int fd) {
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
  return ::sendmsg(fd, &message, MSG_NOSIGNAL);
}

std::string_view OutputBuffer::next_part() {
  if (sent_ < text_.size()) return {text_.data() + sent_, text_.size() - sent_};
  return body().substr(sent_ - text_.size());
}

template <typename SendSome>
OutputBuffer::Sent OutputBuffer::send_all(SendSome send_some) {
  while (!empty()) {
    const ssize_t n = send_some();
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

OutputBuffer::Sent OutputBuffer::send(int fd) {
  return send_all([this, fd] {
    if (!adopted_.empty()) {
      // One after the other, for an iovec takes nothing that is constant; in one packet all the
      // same.
      const int more = sent_ < text_.size() ? MSG_MORE : 0;
      const std::string_view part = next_part();
      return ::send(fd, part.data(), part.size(), MSG_NOSIGNAL | more);
    }
    return body_.empty() ? ::send(fd, text_.data() + sent_, text_.size() - sent_, MSG_NOSIGNAL)
                         : send_both(fd);
  });
}

OutputBuffer::Sent OutputBuffer::send(TlsStream& tls) {
  return send_all([this, &tls] { return tls.send(next_part()); });
}

void OutputBuffer::clear() {
  if (sent_ == 0 && empty()) return;
  sent_ = 0;
  text_.clear(kKeptText);
  // Not kept: a large body came from a handler and is not what the next one needs.
  // Swapped, because assigning an empty string keeps the memory.
  if (!body_.empty()) std::string().swap(body_);
  adopted_.reset();
}

}  // namespace backplane::host
