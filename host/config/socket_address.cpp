#include "host/config/socket_address.hpp"

#include <arpa/inet.h>
#include <charconv>
#include <cstring>
#include <netinet/in.h>
#include <optional>

namespace backplane::host {
namespace {

std::optional<in_addr> ipv4(std::string_view text) {
  in_addr address{};
  if (inet_pton(AF_INET, std::string(text).c_str(), &address) != 1) return std::nullopt;
  return address;
}

std::optional<in6_addr> ipv6(std::string_view text) {
  in6_addr address{};
  if (inet_pton(AF_INET6, std::string(text).c_str(), &address) != 1) return std::nullopt;
  return address;
}

std::optional<std::uint16_t> port_of(std::string_view text) {
  std::uint16_t port = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size()) {
    return std::nullopt;
  }
  return port;
}

}  // namespace

Result<SocketAddress> parse_socket_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const std::string_view host = text.substr(0, colon);
  const auto port =
      colon == std::string_view::npos ? std::nullopt : port_of(text.substr(colon + 1));
  if (port && host.starts_with('[') && host.ends_with(']')) {
    const std::string_view inner = host.substr(1, host.size() - 2);
    if (ipv6(inner)) return SocketAddress{std::string(inner), *port};
  } else if (port && ipv4(host)) {
    return SocketAddress{std::string(host), *port};
  }
  return Error(ErrorCode::kInvalidArgument,
               "found '" + std::string(text) +
                   "' as an address, wanted IP:PORT such as 127.0.0.1:8000 or [::1]:8000");
}

std::string text_of(const SocketAddress& address) {
  const bool is_v6 = address.address.find(':') != std::string::npos;
  return (is_v6 ? "[" + address.address + "]" : address.address) + ":" +
         std::to_string(address.port);
}

bool is_ip_address(std::string_view text) {
  // A NUL inside would end the C string early.
  if (text.find('\0') != std::string_view::npos) return false;
  return ipv4(text).has_value() || ipv6(text).has_value();
}

bool is_loopback(std::string_view address) {
  if (const auto v4 = ipv4(address)) return ntohl(v4->s_addr) >> 24U == IN_LOOPBACKNET;
  const auto v6 = ipv6(address);
  return v6 && std::memcmp(&*v6, &in6addr_loopback, sizeof(in6_addr)) == 0;
}

}  // namespace backplane::host
