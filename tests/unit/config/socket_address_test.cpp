#include "host/config/socket_address.hpp"

#include <string_view>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

TEST_SUITE("config") {
  TEST_CASE("parse_socket_address: an address and a port, IPv6 in brackets") {
    CHECK(parse_socket_address("127.0.0.1:8000").value() == SocketAddress{"127.0.0.1", 8000});
    CHECK(parse_socket_address("[::1]:0").value() == SocketAddress{"::1", 0});
    CHECK(parse_socket_address("0.0.0.0:65535").value() == SocketAddress{"0.0.0.0", 65535});
  }

  TEST_CASE("parse_socket_address: anything else is refused, and the message shows how") {
    for (const std::string_view text :
         {"", ":8000", "8000", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
          "127.0.0.1:80x", "localhost:80", "::1:80", "[::1]", "[::1]80", "[127.0.0.1]:80",
          "127.1:80", "256.0.0.1:80"}) {
      CAPTURE(text);
      const auto address = parse_socket_address(text);
      REQUIRE_FALSE(address.ok());
      CHECK(address.error().message().find("127.0.0.1:8000") != std::string::npos);
    }
  }

  TEST_CASE("text_of: what parse_socket_address reads") {
    CHECK(text_of({"127.0.0.1", 8000}) == "127.0.0.1:8000");
    CHECK(text_of({"::1", 0}) == "[::1]:0");
  }

  TEST_CASE("is_loopback: only what this machine alone can reach") {
    CHECK(is_loopback("127.0.0.1"));
    CHECK(is_loopback("127.255.255.254"));
    CHECK(is_loopback("::1"));
    CHECK_FALSE(is_loopback("128.0.0.1"));
    CHECK_FALSE(is_loopback("0.0.0.0"));
    CHECK_FALSE(is_loopback("::"));
    CHECK_FALSE(is_loopback("localhost"));
  }
}

}  // namespace
}  // namespace backplane::host
