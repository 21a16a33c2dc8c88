#include "host/message/peer_address.hpp"

#include <arpa/inet.h>
#include <cstring>
#include <string>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

PeerAddress v4(const char* text, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  REQUIRE(inet_pton(AF_INET, text, &address.sin_addr) == 1);
  sockaddr_in6 storage{};
  std::memcpy(&storage, &address, sizeof address);
  return PeerAddress::of(storage);
}

PeerAddress v6(const char* text, std::uint16_t port) {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(port);
  REQUIRE(inet_pton(AF_INET6, text, &address.sin6_addr) == 1);
  return PeerAddress::of(address);
}

TEST_SUITE("message") {
  TEST_CASE("PeerAddress: it is written with its port, an IPv6 one in brackets") {
    CHECK(v4("192.0.2.1", 50000).text() == "192.0.2.1:50000");
    CHECK(v6("2001:db8::1", 443).text() == "[2001:db8::1]:443");
    CHECK(PeerAddress().text() == "unknown");
    sockaddr_in6 local{};
    local.sin6_family = AF_UNIX;
    CHECK_FALSE(PeerAddress::of(local).is_known());
  }

  TEST_CASE("PeerAddress: failures are counted by IPv4 address, and by the /64 of an IPv6 one") {
    CHECK(v4("192.0.2.1", 1).network() == v4("192.0.2.1", 2).network());
    CHECK(v4("192.0.2.1", 1).network() != v4("192.0.2.2", 1).network());
    CHECK(v6("2001:db8::1", 1).network() == v6("2001:db8::ffff", 1).network());
    CHECK(v6("2001:db8::1", 1).network() != v6("2001:db8:0:1::1", 1).network());
  }
}

}  // namespace
}  // namespace backplane::host
