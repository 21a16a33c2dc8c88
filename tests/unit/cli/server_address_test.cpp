#include "host/cli/server_address.hpp"

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

TEST_SUITE("cli") {
  TEST_CASE("parse_server_address: a name or an address with a port, or a URL of one") {
    CHECK(parse_server_address("127.0.0.1:8001").value() ==
          ServerAddress{"127.0.0.1", "8001", false});
    CHECK(parse_server_address("[::1]:80").value() == ServerAddress{"::1", "80", false});
    CHECK(parse_server_address("http://localhost:1/").value() ==
          ServerAddress{"localhost", "1", false});
    CHECK(parse_server_address("https://host.example:443").value() ==
          ServerAddress{"host.example", "443", true});
  }

  TEST_CASE("parse_server_address: anything else is refused, and the message shows how") {
    for (const char* text :
         {"", "8001", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "a:b", ":8001",
          "::1:80", "[1.2.3.4]:80", "[]:80", "[::1]80", "ftp://a:1", "a b:1", "a/b:1",
          "http://a:1/v1", "a\r\nX:1"}) {
      CAPTURE(text);
      const auto address = parse_server_address(text);
      REQUIRE_FALSE(address.ok());
      CHECK(address.error().message().find("127.0.0.1:8001") != std::string::npos);
    }
  }

  TEST_CASE("ServerAddress: its authority is what the Host field says") {
    CHECK(ServerAddress{"::1", "80", true}.authority() == "[::1]:80");
    CHECK(ServerAddress{"a.b", "80", true}.authority() == "a.b:80");
  }
}

}  // namespace
}  // namespace backplane::host
