#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "host/base/result.hpp"

namespace backplane::host {

// Where a listener listens. A plain value.
struct SocketAddress {
  std::string address;  // IPv4 or IPv6 literal, without brackets
  std::uint16_t port = 0;

  bool operator==(const SocketAddress&) const = default;
};

// [any] Reads "127.0.0.1:8000" or "[::1]:8000"; port 0 lets the kernel choose.
// kInvalidArgument: anything else, names of hosts among it.
Result<SocketAddress> parse_socket_address(std::string_view text);

// `address` as parse_socket_address reads it and URLs hold it.
std::string text_of(const SocketAddress& address);

bool is_ip_address(std::string_view text);

// Whether only processes of this machine can reach `address`, an IPv4 or IPv6 literal.
bool is_loopback(std::string_view address);

}  // namespace backplane::host
