#include <string>

#include <doctest/doctest.h>

#include "tests/conformance/http/http_fixture.hpp"

namespace backplane::host {
namespace {

std::string request(const std::string& line, const std::string& fields = "") {
  return line + " HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
}
const std::string good_request = request("GET /echo");

TEST_SUITE("http") {
  TEST_CASE("fault 14: a valid request is answered in full before the garbage behind it") {
    HttpFixture fixture;
    RawClient client = fixture.client();
    REQUIRE(client.send(good_request + "complete garbage\r\n\r\n"));
    const auto first = client.read_response();
    REQUIRE(first.has_value());
    CHECK(first->status == 200);
    CHECK(first->header("Connection").empty());
    const auto second = client.read_response();
    REQUIRE(second.has_value());
    CHECK(second->status == 400);
    CHECK(second->header("Connection") == "close");
    client.half_close();
    CHECK(client.read_until_close() == "");
  }

  TEST_CASE("fault 15: a thousand pipelined requests are answered in order, one at a time") {
    HttpFixture fixture;
    RawClient client = fixture.client();
    std::string all = request("GET /hold");
    for (int i = 0; i < 1000; ++i) all += request("GET /echo/" + std::to_string(i));
    REQUIRE(client.send(all));
    REQUIRE(fixture.logic.wait_held());
    // While the first is with its handler none of the others is, and reading has stopped.
    CHECK(fixture.eventually([&] { return fixture.totals().read_paused > 0; }));
    for (const std::string& path : fixture.logic.handled()) CHECK(path.find("/echo/") != 0);
    fixture.logic.release_held();
    REQUIRE(client.read_response()->body == "released");
    for (int i = 0; i < 1000; ++i) {
      const auto answer = client.read_response();
      REQUIRE(answer.has_value());
      REQUIRE(answer->body == "GET /echo/" + std::to_string(i) + "? ");
    }
  }

  TEST_CASE("fault 16: Expect: 100-continue is answered before the body") {
    HttpFixture fixture;
    const std::string expect = "Expect: 100-continue\r\nContent-Length: 5\r\n";
    RawClient accepted = fixture.client();
    CHECK(accepted.ask(request("POST /echo", expect))->status == 100);
    CHECK(accepted.ask("hello")->body == "POST /echo? hello");

    RawClient not_found = fixture.client();
    const auto refused = not_found.ask(request("POST /unknown", expect));
    CHECK(refused->status == 404);
    CHECK(refused->header("Connection") == "close");

    RawClient too_large = fixture.client();
    CHECK(too_large
              .ask(request("POST /echo", "Expect: 100-continue\r\nContent-Length: 99999999\r\n"))
              ->status == 413);

    RawClient begun = fixture.client();
    CHECK(begun.ask(request("POST /echo", expect) + "hello")->status == 200);
  }

  TEST_CASE("fault 16: another expectation is 417, and HTTP/1.0 has none") {
    HttpFixture fixture;
    const auto unknown = fixture.client().ask(request("POST /echo", "Expect: a-miracle\r\n"));
    CHECK(unknown->status == 417);
    CHECK(unknown->body.find("expectation_failed") != std::string::npos);
    RawClient old = fixture.client();
    REQUIRE(old.send("POST /echo HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
    CHECK(old.ask("ab")->status == 200);
  }

  TEST_CASE("fault 17: HEAD has no body and the right length on every path") {
    HttpFixture fixture;
    struct Case {
      std::string bytes;
      int status;
    };
    for (const Case& c : {Case{request("HEAD /echo"), 200}, Case{request("HEAD /unknown"), 404},
                          Case{request("HEAD /%zz"), 400},
                          Case{request("HEAD /echo", "Content-Length: x\r\n"), 400},
                          Case{request("HEAD /echo", "Content-Length: 99999999\r\n"), 413},
                          Case{request("HEAD /unknown", "Content-Length: 9\r\n"), 404},
                          Case{request("HEAD /echo", "Expect: x\r\n"), 417},
                          Case{request("HEAD /echo", "X:" + std::string(20000, 'x') + "\r\n"), 431},
                          Case{"HEAD /echo HTTP/3.0\r\n\r\n", 505}}) {
      CAPTURE(c.status);
      RawClient client = fixture.client();
      REQUIRE(client.send(c.bytes));
      client.half_close();
      const auto answer = client.read_response(true);
      REQUIRE(answer.has_value());
      CHECK(answer->status == c.status);
      CHECK(answer->header("Content-Length") != "0");
      CHECK_FALSE(answer->header("Content-Length").empty());
      CHECK(client.read_until_close() == "");
    }
  }

  TEST_CASE("T15: HEAD is answered as GET would be, without the body") {
    HttpFixture fixture;
    RawClient client = fixture.client();
    REQUIRE(client.send(request("HEAD /echo/x") + good_request));
    CHECK(client.read_response(true)->header("Content-Length") == "14");
    CHECK(client.read_response()->body == "GET /echo? ");
  }

  TEST_CASE("fault 18: unknown methods are 501 and nothing of them is reflected") {
    HttpFixture fixture;
    for (const auto* line :
         {"BREW /echo", "TRACE /echo", "CONNECT h:1", "get /echo", "Get /echo"}) {
      CAPTURE(line);
      const auto answer = fixture.client().ask(request(line, "X-Secret: reflected\r\n"));
      REQUIRE(answer.has_value());
      CHECK(answer->status == 501);
      CHECK(answer->body.find("reflected") == std::string::npos);
      CHECK(answer->body.find("not_implemented") != std::string::npos);
    }
  }

  TEST_CASE("fault 19: an Upgrade is ignored and answered in HTTP/1.1") {
    HttpFixture fixture;
    for (const auto* protocol : {"h2c", "websocket"}) {
      RawClient client = fixture.client();
      const auto answer = client.ask(request(
          "GET /echo", "Connection: Upgrade\r\nUpgrade: " + std::string(protocol) + "\r\n"));
      CHECK(answer->status == 200);
      CHECK(answer->head.substr(0, 9) == "HTTP/1.1 ");
      CHECK(client.ask(good_request)->status == 200);
    }
  }

  TEST_CASE("B51: OPTIONS * tells the methods, a route's OPTIONS is the handler's") {
    HttpFixture fixture;
    RawClient client = fixture.client();
    const auto all = client.ask(request("OPTIONS *"));
    CHECK(all->status == 204);
    CHECK(all->header("Allow") == "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
    CHECK(all->header("Content-Length").empty());
    CHECK(client.ask(request("OPTIONS /echo"))->body == "OPTIONS /echo? ");
    CHECK(fixture.client().ask(request("GET *"))->status == 400);
  }

  TEST_CASE("a request id comes back when it is harmless, else ours does") {
    HttpFixture fixture;
    RawClient client = fixture.client();
    CHECK(client.ask(request("GET /echo", "X-Request-Id: abc.1\r\n"))->header("X-Request-Id") ==
          "abc.1");
    const auto replaced = client.ask(request("GET /echo", "X-Request-Id: a b\r\n"));
    CHECK(replaced->header("X-Request-Id").size() == 16);
    CHECK(client.ask(good_request)->header("X-Request-Id") != replaced->header("X-Request-Id"));
  }

  TEST_CASE("a connection is kept as its client wishes") {
    HttpFixture fixture;
    RawClient closing = fixture.client();
    CHECK(closing.ask(request("GET /echo", "Connection: close\r\n"))->header("Connection") ==
          "close");
    CHECK(closing.read_until_close() == "");
    RawClient old = fixture.client();
    CHECK(old.ask("GET /echo HTTP/1.0\r\n\r\n")->header("Connection") == "close");
    CHECK(old.read_until_close() == "");
    RawClient kept = fixture.client();
    const std::string keep = "GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
    CHECK(kept.ask(keep)->header("Connection") == "keep-alive");
    CHECK(kept.ask(keep)->status == 200);
  }
}

}  // namespace
}  // namespace backplane::host
