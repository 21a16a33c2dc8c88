#include <string>

#include <doctest/doctest.h>

#include "tests/conformance/http/http_fixture.hpp"

namespace backplane::host {
namespace {

const std::string good_request = "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n";

std::string post(const std::string& fields, const std::string& body,
                 const std::string& path = "/echo") {
  return "POST " + path + " HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n" + body;
}
std::string chunked(const std::string& body, const std::string& path = "/echo") {
  return post("Transfer-Encoding: chunked\r\n", body, path);
}

std::size_t answers_in(const std::string& bytes) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = bytes.find("HTTP/1.1 ", at)) != std::string::npos; at += 9) {
    ++count;
  }
  return count;
}

// Everything the server says to `bytes` and a good request behind them, which a client that
// frames them differently would have smuggled in.
std::string all_answers(HttpFixture& fixture, const std::string& bytes) {
  RawClient client = fixture.client();
  REQUIRE(client.send(bytes));
  client.send(good_request);
  client.half_close();
  return client.read_until_close().value_or("still open");
}

void check_one_answer(HttpFixture& fixture, const std::string& bytes, const std::string& status) {
  CAPTURE(bytes.substr(0, 200));
  const std::string answers = all_answers(fixture, bytes);
  CHECK(answers.substr(0, 12) == "HTTP/1.1 " + status);
  CHECK(answers_in(answers) == 1);
  CHECK(answers.find("Connection: close") != std::string::npos);
}

TEST_SUITE("http") {
  TEST_CASE("fault 06: length with coding, and every coding but chunked, end the connection") {
    HttpFixture fixture;
    const std::string tail = "0\r\n\r\n";
    for (const auto* fields :
         {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
          "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
          "Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n", "Transfer-Encoding: gzip\r\n",
          "Transfer-Encoding: identity\r\n", "Transfer-Encoding: chunked, identity\r\n",
          "Transfer-Encoding: chunked, chunked\r\n", "Transfer-Encoding:\r\n",
          "Transfer-Encoding: chunked\xff\r\n", "Transfer-Encoding: \"chunked\"\r\n",
          "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"}) {
      check_one_answer(fixture, post(fields, tail), "400");
    }
    check_one_answer(fixture, post("Transfer-Encoding: gzip, chunked\r\n", tail), "501");
    check_one_answer(fixture, "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n" + tail,
                     "400");
    CHECK(fixture.totals().desync_refused == 13);
    CHECK(fixture.logic.handled().empty());
  }

  TEST_CASE("fault 07: a chunked body with any fault in it never reaches a handler") {
    HttpFixture fixture;
    for (const auto* body :
         {"x\r\n", "5\nhello\r\n0\r\n\r\n", "5\r\nhelloX\r\n0\r\n\r\n", "5 \r\nhello\r\n0\r\n\r\n",
          "5;=x\r\nhello\r\n0\r\n\r\n", "-1\r\n", "0x5\r\nhello\r\n0\r\n\r\n", "0\r\n\rjunk",
          "0\r\njunk\r\n\r\n", "\r\n"}) {
      check_one_answer(fixture, chunked(body), "400");
    }
    check_one_answer(fixture, chunked("fffffffffffffffff\r\n"), "413");
    CHECK(fixture.logic.handled().empty());
    CHECK(fixture.totals().parse_errors[static_cast<std::size_t>(HttpFault::kChunk)] == 10);
  }

  TEST_CASE("fault 08: trailers are dropped and change neither routing nor framing") {
    HttpFixture fixture;
    RawClient client = fixture.client();
    const std::string request = chunked(
        "2\r\nab\r\n0\r\nHost: evil\r\nAuthorization: x\r\nContent-Length: 99\r\n"
        "Transfer-Encoding: gzip\r\nX-Trailer: seen\r\n\r\n",
        "/header/X-Trailer");
    const auto answer = client.ask(request);
    REQUIRE(answer.has_value());
    CHECK(answer->status == 200);
    CHECK(answer->body == "none");
    CHECK(client.ask(good_request)->status == 200);
    CHECK(fixture.totals().trailers_dropped == 5);
  }

  TEST_CASE("fault 09: a body that the client cuts short is never handed over") {
    HttpFixture fixture;
    for (const std::string& request :
         {post("Content-Length: 10\r\n", "hello"), chunked("5\r\nhel"), std::string("GET /ec")}) {
      RawClient client = fixture.client();
      REQUIRE(client.send(request));
      client.half_close();
      CHECK(client.read_until_close() == "");
    }
    CHECK(fixture.totals().incomplete == 3);
    CHECK(fixture.logic.handled().empty());
  }

  TEST_CASE("fault 10: a body over its limit is refused by its number, or at the byte") {
    HttpFixture fixture;
    RawClient by_number = fixture.client();
    // Nothing of the body is sent: the answer cannot have waited for it.
    const auto answer = by_number.ask(post("Content-Length: 1048577\r\n", ""));
    REQUIRE(answer.has_value());
    CHECK(answer->status == 413);
    CHECK(answer->body.find("payload_too_large") != std::string::npos);
    by_number.half_close();
    CHECK(by_number.read_until_close() == "");

    RawClient by_sum = fixture.client();
    std::string body;
    const std::string chunk = "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
    for (int i = 0; i < 16; ++i) body += chunk;
    REQUIRE(by_sum.send(chunked(body)));
    const auto refused = by_sum.ask("1\r\n");
    REQUIRE(refused.has_value());
    CHECK(refused->status == 413);

    RawClient exact = fixture.client();
    REQUIRE(exact.send(chunked(body, "/header/Host")));
    CHECK(exact.ask("0\r\n\r\n")->status == 200);
    CHECK(fixture.totals().rejected[413] == 2);
  }

  TEST_CASE("fault 12: framing without payload is refused long before it fills memory") {
    HttpFixture fixture;
    std::string chunks;
    for (int i = 0; i < 10000; ++i) chunks += "1\r\na\r\n";
    check_one_answer(fixture, chunked(chunks), "400");
    std::string extensions;
    for (int i = 0; i < 50; ++i) extensions += "1;" + std::string(1024, 'e') + "\r\na\r\n";
    check_one_answer(fixture, chunked(extensions), "400");
    check_one_answer(fixture, chunked("1;" + std::string(20000, 'e')), "400");
    std::string trailers = "0\r\n";
    for (int i = 0; i < 2000; ++i) trailers += "Trailer: x\r\n";
    check_one_answer(fixture, chunked(trailers), "431");
    CHECK(fixture.logic.handled().empty());
  }

  TEST_CASE("fault 13: an early refusal closes, and its body is never read as a request") {
    ListenerConfig config = HttpFixture::usual_config();
    config.linger_bytes = 4096;
    HttpFixture fixture(config);
    RawClient client = fixture.client();
    REQUIRE(client.send(post("Content-Length: 1000\r\n", "", "/unknown")));
    const auto answer = client.read_response();
    REQUIRE(answer.has_value());
    CHECK(answer->status == 404);
    CHECK(answer->header("Connection") == "close");
    REQUIRE(client.send(good_request + good_request));
    client.half_close();
    CHECK(client.read_until_close() == "");
    CHECK(fixture.logic.handled().empty());
    CHECK(fixture.eventually(
        [&] { return fixture.totals().drained_bytes == 2 * good_request.size(); }));

    // Over the budget, the connection is not drained for ever.
    RawClient flood = fixture.client();
    REQUIRE(flood.ask(post("Content-Length: 1000000\r\n", "", "/unknown"))->status == 404);
    flood.send(std::string(1000000, 'x'));
    CHECK(flood.read_until_close().has_value());
  }

  TEST_CASE("fault 13: a refusal whose body has come whole keeps the connection") {
    HttpFixture fixture;
    RawClient client = fixture.client();
    const auto answer = client.ask(post("Content-Length: 5\r\n", "hello", "/unknown"));
    REQUIRE(answer.has_value());
    CHECK(answer->status == 404);
    CHECK(client.ask(good_request)->status == 200);
  }

  TEST_CASE("a body of any framing arrives whole, and the next request behind it") {
    HttpFixture fixture;
    RawClient client = fixture.client();
    const std::string body(300000, 'b');
    CHECK(client.ask(post("Content-Length: 300000\r\n", body))->body == "POST /echo? " + body);
    CHECK(client.ask(chunked("493e0\r\n" + body + "\r\n0\r\n\r\n"))->body == "POST /echo? " + body);
    CHECK(client.ask(good_request)->body == "GET /echo? ");
  }

  TEST_CASE("T74: repeated header values are joined") {
    HttpFixture fixture;
    CHECK(fixture.client()
              .ask("GET /header/X-A HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nx-a: 2\r\n\r\n")
              ->body == "1,2");
    CHECK(fixture.client()
              .ask("GET /header/Cookie HTTP/1.1\r\nHost: h\r\nCookie: a\r\nCookie: b\r\n\r\n")
              ->body == "a; b");
  }
}

}  // namespace
}  // namespace backplane::host
