#pragma once

#include <array>
#include <cstdint>
#include <netinet/in.h>
#include <string>

namespace backplane::host {

// The other end of a connection, as the kernel told it when the connection was accepted. A plain
// value.
class PeerAddress {
 public:
  // Where failures of one peer are counted together: an IPv4 address, or the /64 of an IPv6 one,
  // whose lower half its owner chooses freely.
  using Network = std::array<std::uint8_t, 16>;

  // Nobody knows.
  PeerAddress() = default;
  // `address` holds a sockaddr_in where its family is AF_INET.
  static PeerAddress of(const sockaddr_in6& address);

  bool is_known() const { return family_ != AF_UNSPEC; }
  Network network() const;
  // "192.0.2.1:50000", "[2001:db8::1]:50000"; "unknown".
  std::string text() const;

 private:
  std::array<std::uint8_t, 16> bytes_{};  // four of them for AF_INET
  std::uint16_t family_ = AF_UNSPEC;
  std::uint16_t port_ = 0;
};

}  // namespace backplane::host
