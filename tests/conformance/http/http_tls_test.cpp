#include <openssl/ssl.h>
#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "tests/conformance/http/tls_server.hpp"

namespace backplane::host {
namespace {

TEST_SUITE("http") {
  TEST_CASE("faults 111: TLS 1.2 and 1.3 are spoken, and what is served is the same") {
    TlsServer tls;
    for (const auto& [version, name] :
         {std::pair{TLS1_2_VERSION, "TLSv1.2"}, std::pair{TLS1_3_VERSION, "TLSv1.3"}}) {
      TlsWishes wishes = tls.wishes();
      wishes.least = wishes.most = version;
      TlsClient client(tls.server.port(), wishes);
      REQUIRE_MESSAGE(client.connected(), client.failure());
      CHECK(client.version() == name);
      for (int i = 0; i < 3; ++i) {
        const auto answer = client.ask(good_request);
        REQUIRE(answer.has_value());
        CHECK(answer->body == "GET /echo? ");
      }
      // A body of many records, in one way and the other.
      const std::string body(1'000'000, 'b');
      const auto echo = client.ask("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
                                   std::to_string(body.size()) + "\r\n\r\n" + body);
      REQUIRE(echo.has_value());
      CHECK(echo->body == "POST /echo? " + body);
      const auto big = client.ask("GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n");
      REQUIRE(big.has_value());
      CHECK(big->body.size() == 16777216);
      CHECK(big->body.find_first_not_of('x') == std::string::npos);
    }
    for (const std::uint64_t errors : tls.server.totals().tls_errors) CHECK(errors == 0);
  }

  TEST_CASE("TLS: requests behind each other in one record are answered in their order") {
    TlsServer tls;
    TlsClient client(tls.server.port(), tls.wishes());
    std::string burst;
    for (int i = 0; i < 200; ++i) {
      burst += "GET /echo/" + std::to_string(i) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    }
    REQUIRE(client.send(burst));
    for (int i = 0; i < 200; ++i) {
      const auto answer = client.read_response();
      REQUIRE(answer.has_value());
      CHECK(answer->body == "GET /echo/" + std::to_string(i) + "? ");
    }
  }

  TEST_CASE("TLS: what waits behind a request that is held is read when it is answered") {
    TlsServer tls;
    TlsClient client(tls.server.port(), tls.wishes());
    REQUIRE(client.send(hold_request + good_request));
    REQUIRE(tls.server.logic.wait_held());
    REQUIRE(client.send(good_request));
    tls.server.logic.release_held();
    for (const char* body : {"released", "GET /echo? ", "GET /echo? "}) {
      const auto answer = client.read_response();
      REQUIRE(answer.has_value());
      CHECK(answer->body == body);
    }
  }

  TEST_CASE("TLS: a connection ends as TLS ends, with an early refusal too") {
    TlsServer tls;
    {
      TlsClient client(tls.server.port(), tls.wishes());
      const auto answer =
          client.ask("GET /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
      REQUIRE(answer.has_value());
      CHECK(client.read_to_clean_end());
    }
    TlsClient client(tls.server.port(), tls.wishes());
    const auto refused =
        client.ask("POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nx");
    REQUIRE(refused.has_value());
    CHECK(refused->status == 404);
    CHECK(client.read_to_clean_end());
  }

  TEST_CASE("TLS: a client that has said its last word is answered") {
    TlsServer tls;
    TlsClient client(tls.server.port(), tls.wishes());
    REQUIRE(client.send(hold_request));
    client.end();
    REQUIRE(tls.server.logic.wait_held());
    tls.server.logic.release_held();
    const auto answer = client.read_response();
    REQUIRE(answer.has_value());
    CHECK(answer->body == "released");
  }

  TEST_CASE("TLS: a client that leaves is gone, in the handshake or behind a request") {
    TlsServer tls;
    {
      RawClient half(tls.server.port());
      REQUIRE(half.send("\x16\x03\x01"));
    }
    {
      TlsClient client(tls.server.port(), tls.wishes());
      REQUIRE(client.send(hold_request));
      REQUIRE(tls.server.logic.wait_held());
    }
    CHECK(tls.errors(TlsFault::kNotTls) == 0);
    tls.server.logic.release_held();
    CHECK(is_served(tls.server, tls.wishes()));
  }

  TEST_CASE("TLS: a connection over the limit ends without a word that TLS has not") {
    ListenerConfig config = HttpFixture::usual_config();
    config.max_connections = 1;
    TlsServer tls(config);
    TlsClient first(tls.server.port(), tls.wishes());
    REQUIRE(first.send(hold_request));
    REQUIRE(tls.server.logic.wait_held());
    RawClient second(tls.server.port());
    const auto answer = second.read_until_close();
    REQUIRE(answer.has_value());
    CHECK(answer->empty());
  }
}

}  // namespace
}  // namespace backplane::host
