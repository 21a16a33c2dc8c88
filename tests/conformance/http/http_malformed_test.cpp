#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/conformance/http/http_fixture.hpp"

namespace backplane::host {
namespace {

const std::string good_request = "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n";

// One refusal with `status` and `code`, then the end; the next connection is served.
void check_refused(HttpFixture& fixture, const std::string& bytes, int status,
                   const std::string& code) {
  CAPTURE(bytes.substr(0, 120));
  RawClient client = fixture.client();
  REQUIRE(client.send(bytes));
  const auto answer = client.read_response();
  REQUIRE(answer.has_value());
  CHECK(answer->status == status);
  CHECK(answer->header("Content-Type") == "application/problem+json");
  CHECK(answer->header("X-Content-Type-Options") == "nosniff");
  CHECK(answer->header("Connection") == "close");
  CHECK_FALSE(answer->header("Date").empty());
  CHECK(answer->body.find("\"code\":\"" + code + "\"") != std::string::npos);
  CHECK(answer->body.find("\"request_id\":\"" + answer->header("X-Request-Id") + "\"") !=
        std::string::npos);
  client.half_close();
  CHECK(client.read_until_close(std::chrono::seconds(1)) == "");
  const auto next = fixture.client().ask(good_request);
  REQUIRE(next.has_value());
  CHECK(next->status == 200);
}

std::string with_field(const std::string& field) {
  return "GET /echo HTTP/1.1\r\nHost: h\r\n" + field + "\r\n\r\n";
}

TEST_SUITE("http") {
  TEST_CASE("fault 01: garbage, a TLS hello and an HTTP/2 preface are refused at once") {
    HttpFixture fixture;
    check_refused(fixture, "hello there, this is garbage\r\n\r\n", 400, "bad_request");
    check_refused(fixture, std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11), 400,
                  "bad_request");
    check_refused(fixture, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "version_not_supported");
    const HttpTotals totals = fixture.totals();
    CHECK(totals.parse_errors[static_cast<std::size_t>(HttpFault::kRequestLine)] == 2);
    CHECK(totals.parse_errors[static_cast<std::size_t>(HttpFault::kVersion)] == 1);
    CHECK(totals.rejected[400] == 2);
  }

  TEST_CASE("fault 02: bare line ends and control characters in the head are refused") {
    HttpFixture fixture;
    check_refused(fixture, "GET /echo HTTP/1.1\nHost: h\n\n", 400, "bad_request");
    check_refused(fixture, "GET /echo HTTP/1.1\rHost: h\r\n\r\n", 400, "bad_request");
    check_refused(fixture, "GET /echo HTTP/1.1\r\r\nHost: h\r\n\r\n", 400, "bad_request");
    check_refused(fixture, with_field(std::string("X: a\0b", 6)), 400, "bad_request");
    check_refused(fixture, with_field("X: a\x01"), 400, "bad_request");
    check_refused(fixture, "GET /e\x7f HTTP/1.1\r\nHost: h\r\n\r\n", 400, "bad_request");
  }

  TEST_CASE("fault 03: folded lines and blanks before a colon or a header are refused") {
    HttpFixture fixture;
    check_refused(fixture, with_field("X: a\r\n b"), 400, "bad_request");
    check_refused(fixture, with_field("X : a"), 400, "bad_request");
    check_refused(fixture, "GET /echo HTTP/1.1\r\n Host: h\r\n\r\n", 400, "bad_request");
  }

  TEST_CASE("fault 04: a missing, double or invalid Host is refused") {
    HttpFixture fixture;
    check_refused(fixture, "GET /echo HTTP/1.1\r\n\r\n", 400, "bad_host");
    check_refused(fixture, with_field("Host: h"), 400, "bad_host");
    check_refused(fixture, "GET /echo HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, "bad_host");
    check_refused(fixture, "GET /echo HTTP/1.1\r\nHost:\r\n\r\n", 400, "bad_host");
    check_refused(fixture, "GET /echo HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", 400, "bad_host");
    CHECK(fixture.client().ask("GET /echo HTTP/1.0\r\n\r\n")->status == 200);
    CHECK(fixture.client().ask("GET http://other:1/echo HTTP/1.1\r\nHost: h\r\n\r\n")->status ==
          200);
  }

  TEST_CASE("fault 05: a Content-Length that is not one plain number is refused") {
    HttpFixture fixture;
    for (const auto* value :
         {"+5", "-5", "0x5", "5, 5", "5,6", "", "5 5", "99999999999999999999"}) {
      check_refused(fixture, with_field(std::string("Content-Length: ") + value), 400,
                    "bad_request");
    }
    check_refused(fixture, with_field("Content-Length: 5\r\nContent-Length: 5"), 400,
                  "bad_request");
    check_refused(fixture, with_field("Content-Length: 9999999999999999999"), 413,
                  "payload_too_large");
    CHECK(fixture.logic.handled().size() == 9 + 1);  // the good ones in between
  }

  TEST_CASE("fault 11: what is too long ends at its limit") {
    HttpFixture fixture;
    check_refused(fixture, "GET /" + std::string(8190, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n", 414,
                  "uri_too_long");
    check_refused(fixture, with_field("X: " + std::string(16384, 'a')), 431, "headers_too_large");
    std::string many = "A: b";
    for (int i = 0; i < 100; ++i) many += "\r\nA: b";
    check_refused(fixture, with_field(many), 431, "headers_too_large");
    check_refused(fixture, std::string(33, 'M') + " / HTTP/1.1\r\nHost: h\r\n\r\n", 501,
                  "not_implemented");
    const HttpTotals totals = fixture.totals();
    CHECK(totals.rejected[414] == 1);
    CHECK(totals.rejected[431] == 2);
    CHECK(totals.rejected[501] == 1);
  }

  TEST_CASE("B48: random bytes are answered 4xx or 5xx or closed, and a good request afterwards") {
    HttpFixture fixture;
    Random random(20261123);
    INFO("seed 20261123");
    for (int round = 0; round < 200; ++round) {
      std::string bytes = good_request + good_request;
      for (std::uint32_t i = 0; i < 1 + random.below(4); ++i) {
        bytes[random.below(static_cast<std::uint32_t>(bytes.size()))] =
            static_cast<char>(random.below(256));
      }
      RawClient client = fixture.client();
      REQUIRE(client.send(bytes));
      client.half_close();
      CHECK(client.read_until_close().has_value());
    }
    CHECK(fixture.client().ask(good_request)->status == 200);
  }

  TEST_CASE("B53: no escape and no dot segment leads to another route") {
    HttpFixture fixture;
    for (const auto* path : {"/echo/../hold", "/echo/%2e%2e/hold", "/echo/..%2fhold", "/%", "/%zz",
                             "/a%00", "/%0d%0aX:y"}) {
      check_refused(fixture, "GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n\r\n", 400,
                    "bad_target");
    }
    const auto decoded = fixture.client().ask("GET /%65cho/a%2Fb HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK(decoded->body == "GET /echo/a%2Fb? ");
  }
}

}  // namespace
}  // namespace backplane::host
