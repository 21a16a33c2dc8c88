#include "host/http/head_scanner.hpp"

#include <string>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

using Outcome = HeadScanner::Outcome;

// Fed byte by byte, as the slowest network would; the result must be that of one piece.
Outcome scan_bytewise(HeadScanner& scanner, std::string_view head) {
  for (std::size_t size = 1; size <= head.size(); ++size) {
    const Outcome outcome = scanner.scan(head.substr(0, size));
    if (outcome != Outcome::kNeedMore) return outcome;
  }
  return Outcome::kNeedMore;
}

struct Verdict {
  Outcome outcome;
  ErrorCode code;
};

Verdict verdict_on(std::string_view head) {
  HeadScanner whole{HeadLimits{}};
  HeadScanner bytewise{HeadLimits{}};
  const Outcome outcome = whole.scan(head);
  CHECK(scan_bytewise(bytewise, head) == outcome);
  if (outcome == Outcome::kRefused) CHECK(bytewise.refusal().code == whole.refusal().code);
  return {outcome, whole.refusal().code};
}

void check_refused(std::string_view head, ErrorCode code) {
  CAPTURE(head);
  const Verdict verdict = verdict_on(head);
  CHECK(verdict.outcome == Outcome::kRefused);
  CHECK(verdict.code == code);
}

TEST_SUITE("http") {
  TEST_CASE("HeadScanner: a head is the same in one piece and split at every byte") {
    const std::string head =
        "POST /a/b?c=d HTTP/1.1\r\nHost: example.org\r\nX-Empty:\r\nX-Blanks: \t a b \t \r\n\r\n";
    for (std::size_t split = 0; split <= head.size(); ++split) {
      CAPTURE(split);
      HeadScanner scanner{HeadLimits{}};
      Outcome outcome = scanner.scan(head.substr(0, split));
      CHECK(outcome == (split == head.size() ? Outcome::kDone : Outcome::kNeedMore));
      const std::string and_more = head + "the body";
      if (outcome == Outcome::kNeedMore) outcome = scanner.scan(and_more);
      REQUIRE(outcome == Outcome::kDone);
      CHECK(scanner.head_size() == head.size());
      CHECK(scanner.method().in(head.data()) == "POST");
      CHECK(scanner.target().in(head.data()) == "/a/b?c=d");
      CHECK(scanner.minor_version() == 1);
      REQUIRE(scanner.fields().size() == 3);
      CHECK(scanner.fields()[0].name.in(head.data()) == "Host");
      CHECK(scanner.fields()[0].value.in(head.data()) == "example.org");
      CHECK(scanner.fields()[1].value.in(head.data()).empty());
      CHECK(scanner.fields()[2].value.in(head.data()) == "a b");
    }
  }

  TEST_CASE("HeadScanner: one empty line before the request line is ignored, two are not") {
    CHECK(verdict_on("\r\nGET / HTTP/1.0\r\n\r\n").outcome == Outcome::kDone);
    check_refused("\r\n\r\nGET / HTTP/1.0\r\n\r\n", ErrorCode::kMalformed);
  }

  TEST_CASE("HeadScanner: only CRLF ends a line, and no control character stands in a head") {
    check_refused("GET / HTTP/1.1\nHost: a\n\n", ErrorCode::kMalformed);
    check_refused("GET / HTTP/1.1\r\nHost: a\n\r\n", ErrorCode::kMalformed);
    check_refused("GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", ErrorCode::kMalformed);
    check_refused("GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", ErrorCode::kMalformed);
    check_refused("GET / HTTP/1.1\r\nHost: a\r\r\n\r\n", ErrorCode::kMalformed);
    check_refused("GET / HTTP/1.1\r\nHost: a\r\n\r\r\n", ErrorCode::kMalformed);
    check_refused(std::string("GET / HTTP/1.1\r\nX: a\0b\r\n\r\n", 26), ErrorCode::kMalformed);
    check_refused(std::string("GET /\0 HTTP/1.1\r\n\r\n", 19), ErrorCode::kMalformed);
    for (int c = 0; c < 0x20; ++c) {
      if (c == '\t' || c == '\r') continue;
      check_refused(std::string("GET / HTTP/1.1\r\nX: a") + static_cast<char>(c) + "b\r\n\r\n",
                    ErrorCode::kMalformed);
      check_refused(std::string("GET / HTTP/1.1\r\nX") + static_cast<char>(c) + ": b\r\n\r\n",
                    ErrorCode::kMalformed);
    }
    check_refused("GET / HTTP/1.1\r\nX: a\x7f\r\n\r\n", ErrorCode::kMalformed);
  }

  TEST_CASE("HeadScanner: folding and blanks around names are refused") {
    check_refused("GET / HTTP/1.1\r\nX: a\r\n b\r\n\r\n", ErrorCode::kMalformed);
    check_refused("GET / HTTP/1.1\r\nX: a\r\n\tb\r\n\r\n", ErrorCode::kMalformed);
    check_refused("GET / HTTP/1.1\r\n X: a\r\n\r\n", ErrorCode::kMalformed);
    check_refused("GET / HTTP/1.1\r\nX : a\r\n\r\n", ErrorCode::kMalformed);
    check_refused("GET / HTTP/1.1\r\n: a\r\n\r\n", ErrorCode::kMalformed);
    check_refused("GET / HTTP/1.1\r\nX\r\n\r\n", ErrorCode::kMalformed);
  }

  TEST_CASE("HeadScanner: a request line has three parts with one blank between them") {
    check_refused(" GET / HTTP/1.1\r\n\r\n", ErrorCode::kMalformed);
    check_refused("GET  / HTTP/1.1\r\n\r\n", ErrorCode::kMalformed);
    check_refused("GET /  HTTP/1.1\r\n\r\n", ErrorCode::kMalformed);
    check_refused("GET / HTTP/1.1 \r\n\r\n", ErrorCode::kMalformed);
    check_refused("GET /\r\n\r\n", ErrorCode::kMalformed);
    check_refused("GET\r\n\r\n", ErrorCode::kMalformed);
    check_refused("GET /a#b HTTP/1.1\r\n\r\n", ErrorCode::kMalformed);
    check_refused("GET /\xc3\xa4 HTTP/1.1\r\n\r\n", ErrorCode::kMalformed);
    check_refused("\x16\x03\x01\x02", ErrorCode::kMalformed);
  }

  TEST_CASE("HeadScanner: only versions 1.x are spoken, in exactly that spelling") {
    CHECK(verdict_on("GET / HTTP/1.7\r\n\r\n").outcome == Outcome::kDone);
    check_refused("GET / HTTP/2.0\r\n\r\n", ErrorCode::kVersionNotSupported);
    check_refused("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", ErrorCode::kVersionNotSupported);
    check_refused("GET / HTTP/0.9\r\n\r\n", ErrorCode::kVersionNotSupported);
    check_refused("GET / http/1.1\r\n\r\n", ErrorCode::kMalformed);
    check_refused("GET / HTTP/1.10\r\n\r\n", ErrorCode::kMalformed);
    check_refused("GET / HTTP/1\r\n\r\n", ErrorCode::kMalformed);
  }

  TEST_CASE("HeadScanner: a method that is not known is 501, whatever its case or length") {
    check_refused("get / HTTP/1.1\r\n\r\n", ErrorCode::kUnsupported);
    check_refused("TRACE / HTTP/1.1\r\n\r\n", ErrorCode::kUnsupported);
    check_refused("CONNECT a:1 HTTP/1.1\r\n\r\n", ErrorCode::kUnsupported);
    check_refused(std::string(33, 'A'), ErrorCode::kUnsupported);
    CHECK(verdict_on(std::string(32, 'A')).outcome == Outcome::kNeedMore);
    for (const auto* method : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
      CHECK(verdict_on(std::string(method) + " / HTTP/1.1\r\n\r\n").outcome == Outcome::kDone);
    }
  }

  TEST_CASE("HeadScanner: targets, heads and field counts end at their limits") {
    const std::string tail = " HTTP/1.1\r\n\r\n";
    CHECK(verdict_on("GET /" + std::string(8189, 'a') + tail).outcome == Outcome::kDone);
    check_refused("GET /" + std::string(8190, 'a') + tail, ErrorCode::kUriTooLong);

    const std::string start = "GET / HTTP/1.1\r\nX: ";
    const std::size_t fill = std::size_t{16} * 1024 - start.size() - 4;
    CHECK(verdict_on(start + std::string(fill, 'a') + "\r\n\r\n").outcome == Outcome::kDone);
    check_refused(start + std::string(fill + 1, 'a') + "\r\n\r\n", ErrorCode::kHeadersTooLarge);

    std::string many = "GET / HTTP/1.1\r\n";
    for (int i = 0; i < 100; ++i) many += "A: b\r\n";
    CHECK(verdict_on(many + "\r\n").outcome == Outcome::kDone);
    check_refused(many + "A: b\r\n\r\n", ErrorCode::kHeadersTooLarge);
  }

  TEST_CASE("HeadScanner: after reset() nothing of the head before is left") {
    HeadScanner scanner{HeadLimits{}};
    REQUIRE(scanner.scan("GET /first HTTP/1.0\r\nA: b\r\n\r\n") == Outcome::kDone);
    scanner.reset();
    const std::string head = "PUT /2 HTTP/1.1\r\n\r\n";
    REQUIRE(scanner.scan(head) == Outcome::kDone);
    CHECK(scanner.method().in(head.data()) == "PUT");
    CHECK(scanner.minor_version() == 1);
    CHECK(scanner.fields().empty());
  }
}

}  // namespace
}  // namespace backplane::host
