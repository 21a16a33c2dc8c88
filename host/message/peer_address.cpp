#include "host/message/peer_address.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cstring>

namespace backplane::host {

PeerAddress PeerAddress::of(const sockaddr_in6& address) {
  PeerAddress peer;
  if (address.sin6_family == AF_INET6) {
    std::memcpy(peer.bytes_.data(), &address.sin6_addr, sizeof address.sin6_addr);
    peer.port_ = ntohs(address.sin6_port);
  } else if (address.sin6_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    std::memcpy(peer.bytes_.data(), &v4.sin_addr, sizeof v4.sin_addr);
    peer.port_ = ntohs(v4.sin_port);
  } else {
    return peer;
  }
  peer.family_ = address.sin6_family;
  return peer;
}

PeerAddress::Network PeerAddress::network() const {
  Network network = bytes_;
  if (family_ == AF_INET6) std::fill(network.begin() + 8, network.end(), std::uint8_t{0});
  return network;
}

std::string PeerAddress::text() const {
  if (!is_known()) return "unknown";
  std::array<char, INET6_ADDRSTRLEN> digits{};
  ::inet_ntop(family_, bytes_.data(), digits.data(), digits.size());
  const std::string host = digits.data();
  return (family_ == AF_INET6 ? "[" + host + "]" : host) + ":" + std::to_string(port_);
}

}  // namespace backplane::host
