#include "tests/support/raw_client.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace backplane::host {
namespace {

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

void parse_head(RawResponse& response) {
  std::string_view rest = response.head;
  const std::size_t line_end = rest.find("\r\n");
  if (line_end >= 12) {
    std::from_chars(rest.data() + 9, rest.data() + 12, response.status);
  }
  while (rest.find("\r\n") != std::string_view::npos) {
    rest.remove_prefix(rest.find("\r\n") + 2);
    const std::string_view line = rest.substr(0, rest.find("\r\n"));
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    response.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
  }
}

std::size_t body_size(const RawResponse& response, bool to_head) {
  if (to_head || response.status < 200 || response.status == 204 || response.status == 304) {
    return 0;
  }
  const std::string length = response.header("Content-Length");
  std::size_t size = 0;
  std::from_chars(length.data(), length.data() + length.size(), size);
  return size;
}

sockaddr_in socket_address(std::uint32_t ip, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(ip);
  return address;
}

}  // namespace

std::string RawResponse::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (same_name(key, name)) return value;
  }
  return {};
}

std::optional<RawResponse> take_response(std::string& bytes, bool to_head) {
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string::npos) return std::nullopt;
  RawResponse response;
  response.head = bytes.substr(0, end);
  parse_head(response);
  const std::size_t size = end + 4 + body_size(response, to_head);
  if (bytes.size() < size) return std::nullopt;
  response.body = bytes.substr(end + 4, size - end - 4);
  bytes.erase(0, size);
  return response;
}

RawClient::RawClient() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}

RawClient::RawClient(std::uint16_t port) : RawClient() {
  connect(port);
}

RawClient::~RawClient() {
  close();
}

RawClient::RawClient(RawClient&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      connected_(std::exchange(other.connected_, false)),
      was_reset_(other.was_reset_),
      buffer_(std::move(other.buffer_)) {}

RawClient& RawClient::operator=(RawClient&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(connected_, other.connected_);
  std::swap(was_reset_, other.was_reset_);
  buffer_.swap(other.buffer_);
  return *this;
}

bool RawClient::connect(std::uint16_t port, std::uint32_t ip) {
  const sockaddr_in address = socket_address(ip, port);
  const void* const generic = &address;
  connected_ = ::connect(fd_, static_cast<const sockaddr*>(generic), sizeof address) == 0;
  return connected_;
}

bool RawClient::connect_from(std::uint32_t source, std::uint16_t port) {
  const sockaddr_in address = socket_address(source, 0);
  const void* const generic = &address;
  return ::bind(fd_, static_cast<const sockaddr*>(generic), sizeof address) == 0 && connect(port);
}

bool RawClient::wait_for(short events, TimePoint deadline) const {
  pollfd poll_fd{fd_, events, 0};
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    const int ready = ::poll(&poll_fd, 1, static_cast<int>(std::max<long long>(left, 0)));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

bool RawClient::send(std::string_view bytes) {
  const TimePoint deadline = Clock::now() + kWait;
  while (!bytes.empty()) {
    const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(n));
    } else if (errno != EAGAIN || !wait_for(POLLOUT, deadline)) {
      return false;
    }
  }
  return true;
}

int RawClient::read_more(TimePoint deadline) {
  if (!wait_for(POLLIN, deadline)) return -1;
  std::array<char, 65536> bytes;
  const ssize_t n = ::recv(fd_, bytes.data(), bytes.size(), 0);
  if (n < 0) was_reset_ = true;
  if (n <= 0) return 0;
  buffer_.append(bytes.data(), static_cast<std::size_t>(n));
  return static_cast<int>(n);
}

std::optional<RawResponse> RawClient::read_response(bool to_head, Duration wait) {
  const TimePoint deadline = Clock::now() + wait;
  for (;;) {
    if (auto response = take_response(buffer_, to_head)) return response;
    if (read_more(deadline) <= 0) return std::nullopt;
  }
}

std::optional<std::string> RawClient::read_until_close(Duration wait) {
  const TimePoint deadline = Clock::now() + wait;
  for (;;) {
    const int n = read_more(deadline);
    if (n < 0) return std::nullopt;
    if (n == 0) return std::exchange(buffer_, {});
  }
}

std::string RawClient::read_some(Duration wait) {
  if (buffer_.empty()) read_more(Clock::now() + wait);
  return std::exchange(buffer_, {});
}

void RawClient::half_close() {
  ::shutdown(fd_, SHUT_WR);
}

void RawClient::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  connected_ = false;
}

void RawClient::reset() {
  const linger now{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close();
}

}  // namespace backplane::host
