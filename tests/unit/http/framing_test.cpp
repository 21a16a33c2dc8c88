#include "host/http/framing.hpp"

#include <string>
#include <variant>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

using Body = Framing::Body;

std::variant<Framing, Refusal> framing_of(const std::string& fields, unsigned minor_version = 1,
                                          bool with_host = true, std::string_view known_host = {}) {
  const std::string host = with_host ? "Host: a\r\n" : "";
  const std::string head = "POST / HTTP/1.1\r\n" + host + fields + "\r\n";
  HeadScanner scanner{HeadLimits{}};
  REQUIRE(scanner.scan(head) == HeadScanner::Outcome::kDone);
  Framing framing;
  const auto refusal =
      decide_framing(head.data(), scanner.fields(), minor_version, known_host, framing);
  if (refusal) return *refusal;
  return framing;
}

Framing accepted(const std::string& fields, unsigned minor_version = 1) {
  CAPTURE(fields);
  const auto result = framing_of(fields, minor_version);
  REQUIRE(std::holds_alternative<Framing>(result));
  return *std::get_if<Framing>(&result);
}

void check_refused(const std::string& fields, ErrorCode code, HttpFault fault,
                   unsigned minor_version = 1, bool with_host = true) {
  CAPTURE(fields);
  const auto result = framing_of(fields, minor_version, with_host);
  REQUIRE(std::holds_alternative<Refusal>(result));
  CHECK(std::get_if<Refusal>(&result)->code == code);
  CHECK(std::get_if<Refusal>(&result)->fault == fault);
}

TEST_SUITE("http") {
  TEST_CASE("framing: a request without length and coding has no body") {
    CHECK(accepted("").body == Body::kNone);
    CHECK(accepted("Content-Length: 0\r\n").body == Body::kNone);
  }

  TEST_CASE("framing: Content-Length is one line of 1 to 19 digits") {
    CHECK(accepted("Content-Length: 12\r\n").length == 12);
    CHECK(accepted("content-LENGTH: 0012\r\n").length == 12);
    CHECK(accepted("Content-Length: 9999999999999999999\r\n").length == 9999999999999999999U);
    for (const auto* value : {"", "+1", "-1", "0x10", "1 2", "1,1", "1, 2", "1.0", "1e3", "a",
                              "10000000000000000000", "99999999999999999999999", "\"1\""}) {
      check_refused(std::string("Content-Length: ") + value + "\r\n", ErrorCode::kMalformed,
                    HttpFault::kContentLength);
    }
    check_refused("Content-Length: 1\r\nContent-Length: 1\r\n", ErrorCode::kMalformed,
                  HttpFault::kContentLength);
    check_refused("Content-Length: 1\r\nContent-Length: 2\r\n", ErrorCode::kMalformed,
                  HttpFault::kContentLength);
  }

  TEST_CASE("framing: Transfer-Encoding is 'chunked' once and nothing else") {
    CHECK(accepted("Transfer-Encoding: chunked\r\n").body == Body::kChunked);
    CHECK(accepted("transfer-encoding: ChUnKeD\r\n").body == Body::kChunked);
    for (const auto* value :
         {"", "gzip", "identity", "chunked, identity", "chunked, chunked", "chunked,", ",chunked",
          "xchunked", "chunked\xff", "chunked;a=b", "\"chunked\"", "chun ked"}) {
      check_refused(std::string("Transfer-Encoding: ") + value + "\r\n", ErrorCode::kMalformed,
                    HttpFault::kTransferEncoding);
    }
    check_refused("Transfer-Encoding: gzip, chunked\r\n", ErrorCode::kUnsupported,
                  HttpFault::kTransferEncoding);
    check_refused("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                  ErrorCode::kMalformed, HttpFault::kTransferEncoding);
    check_refused("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
                  ErrorCode::kMalformed, HttpFault::kTransferEncoding);
    check_refused("Transfer-Encoding: chunked\r\n", ErrorCode::kMalformed,
                  HttpFault::kTransferEncoding, 0);
  }

  TEST_CASE("framing: length and coding together are refused in either order") {
    check_refused("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", ErrorCode::kMalformed,
                  HttpFault::kTransferEncoding);
    check_refused("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", ErrorCode::kMalformed,
                  HttpFault::kTransferEncoding);
    check_refused("Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n", ErrorCode::kMalformed,
                  HttpFault::kTransferEncoding);
  }

  TEST_CASE("framing: HTTP/1.1 needs one valid Host, HTTP/1.0 at most one") {
    check_refused("", ErrorCode::kMalformed, HttpFault::kHost, 1, false);
    CHECK(std::holds_alternative<Framing>(framing_of("", 0, false)));
    check_refused("Host: a\r\n", ErrorCode::kMalformed, HttpFault::kHost, 1);
    check_refused("Host: a\r\n", ErrorCode::kMalformed, HttpFault::kHost, 0);
    for (const auto* host : {"a", "example.org", "example.org:80", "a:", "127.0.0.1:8000", "[::1]",
                             "[::1]:8000", "a%20b", "xn--a.b-c_d~"}) {
      CAPTURE(host);
      CHECK(is_valid_host(host));
    }
    for (const auto* host :
         {"", ":80", "a b", "a/b", "a@b", "a:b", "a:80:80", "a:99999", "a:123456", "[::1", "[]",
          "[::1]80", "[g]", "a%2", "a,b\"", "http://a"}) {
      CAPTURE(host);
      CHECK_FALSE(is_valid_host(host));
    }
  }

  TEST_CASE("framing: a Host that was valid before is taken as it is, and no other") {
    const auto refused = [](const std::string& field, std::string_view known) {
      return std::holds_alternative<Refusal>(framing_of(field, 1, false, known));
    };
    CHECK_FALSE(refused("Host: a.b:80\r\n", "a.b:80"));
    // It is not looked at: the caller has said that it was.
    CHECK_FALSE(refused("Host: a b\r\n", "a b"));
    CHECK(refused("Host: a b\r\n", "a.b"));
    CHECK(refused("Host:\r\n", ""));
    CHECK(refused("Host: a\r\nHost: a\r\n", "a"));
    CHECK(refused("", "a"));
  }

  TEST_CASE("framing: a connection is kept as all Connection fields together say") {
    CHECK(accepted("").keep_alive);
    CHECK_FALSE(accepted("Connection: close\r\n").keep_alive);
    CHECK_FALSE(accepted("Connection: keep-alive\r\nConnection: x, CLOSE\r\n").keep_alive);
    CHECK_FALSE(accepted("Connection: close, keep-alive\r\n").keep_alive);
    CHECK(accepted("Connection: closed\r\n").keep_alive);
    CHECK_FALSE(accepted("", 0).keep_alive);
    CHECK(accepted("Connection: Keep-Alive\r\n", 0).keep_alive);
  }

  TEST_CASE("framing: the only expectation is 100-continue, and HTTP/1.0 has none") {
    CHECK(accepted("Expect: 100-Continue\r\nContent-Length: 1\r\n").expects_continue);
    CHECK_FALSE(accepted("Expect: 100-continue\r\n").expects_continue);
    CHECK_FALSE(accepted("Expect: 100-continue\r\nContent-Length: 1\r\n", 0).expects_continue);
    CHECK_FALSE(accepted("Expect: a-miracle\r\nContent-Length: 1\r\n", 0).expects_continue);
    check_refused("Expect: a-miracle\r\n", ErrorCode::kExpectationFailed, HttpFault::kExpect);
    check_refused("Expect: 100-continue, x\r\n", ErrorCode::kExpectationFailed, HttpFault::kExpect);
  }
}

}  // namespace
}  // namespace backplane::host
