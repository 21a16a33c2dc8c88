#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "host/base/random.hpp"
#include "tests/support/host_fixture.hpp"

namespace backplane::host {
namespace {

void serve_hello(const HostFixture& host) {
  host.create_backend("hello", "hello");
  host.create_endpoint("hello", "/hello", R"({"hello":1})");
}

void serve_echo(const HostFixture& host) {
  host.create_backend("echoreq", "echoreq");
  host.create_endpoint("echoreq", "/echo", R"({"echoreq":1})", R"(["POST"])");
}

// Well-formed requests, every part of the grammar in one of them.
const std::vector<std::string>& good_requests() {
  static const std::vector<std::string> requests{
      "GET /hello?name=a%20b HTTP/1.1\r\nHost: localhost:8000\r\nAccept: */*\r\n\r\n",
      ("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
       "Content-Length: 11\r\n\r\nhello there"),
      ("POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
       "5;a=b\r\nhello\r\n1a\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\nX-Trailer: t\r\n\r\n"),
      "HEAD http://localhost/hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
      "OPTIONS * HTTP/1.0\r\nConnection: keep-alive\r\nX-Serve-Shard-Key: k\r\n\r\n",
  };
  return requests;
}

// A good request with one to four wounds: bytes changed, taken away, doubled, or cut off.
std::string damaged_request(Random& random) {
  const auto& good = good_requests();
  std::string text = good[random.below(static_cast<std::uint32_t>(good.size()))];
  constexpr std::string_view kNasty("\r\n\0 \t:;,/%-0Fx\x7f\xff", 16);
  for (std::uint32_t wounds = 1 + random.below(4); wounds > 0 && !text.empty(); --wounds) {
    const std::size_t at = random.below(static_cast<std::uint32_t>(text.size()));
    const std::size_t length = 1 + random.below(8);
    switch (random.below(5)) {
      case 0:
        text[at] = kNasty[random.below(static_cast<std::uint32_t>(kNasty.size()))];
        break;
      case 1:
        text.insert(at, 1, static_cast<char>(random.below(256)));
        break;
      case 2:
        text.erase(at, length);
        break;
      case 3:
        text.insert(at, text.substr(at, length));
        break;
      default:
        text.resize(at);
        break;
    }
  }
  return text;
}

// Whether all of `bytes` can be answers to damaged requests: none at all, or status lines that
// blame the client, refuse the version or method, or accept what was still well-formed.
bool is_fair_answer(std::string_view bytes) {
  if (bytes.empty()) return true;
  if (!bytes.starts_with("HTTP/1.1 ") || bytes.size() < 12) return false;
  const std::string_view status = bytes.substr(9, 3);
  return status[0] == '4' || status == "200" || status == "204" || status == "100" ||
         status == "501" || status == "505";
}

std::string ask_target(const HostFixture& host, const std::string& target) {
  const Answer answer = host.get(target);
  return answer.status() == 200 ? "200 " + answer.body() : answer.refusal();
}

}  // namespace

SCENARIO("B48: fuzzed requests are refused or cut off, and a good one is answered afterwards") {
  GIVEN("a host and a generator of damaged requests") {
    constexpr std::uint64_t kSeed = 48;
    MESSAGE("seed " << kSeed);
    Random random(kSeed);
    HostFixture host({"hello", "echoreq"});
    serve_hello(host);
    serve_echo(host);
    WHEN("a thousand of them arrive, each on its own connection") {
      THEN("each is answered fairly or closed, and the host answers good ones all along") {
        for (int i = 0; i < 1'000; ++i) {
          const std::string text = damaged_request(random);
          CAPTURE(i);
          CAPTURE(text);
          RawClient client(host.data_port());
          REQUIRE(client.send(text));
          client.half_close();
          const auto bytes = client.read_until_close();
          REQUIRE(bytes.has_value());
          CHECK_MESSAGE(is_fair_answer(*bytes), *bytes);
          if (i % 100 == 99) CHECK(host.get("/hello").body() == "hello serve!");
        }
      }
    }
  }
}

SCENARIO("B51: a wrong method is 405 with Allow, and an unknown path is 404, both as JSON") {
  GIVEN("an endpoint that answers GET and PUT") {
    HostFixture host({"meth"});
    host.create_backend("meth", "meth");
    host.create_endpoint("meth", "/meth", R"({"meth":1})", R"(["GET","PUT"])");
    WHEN("it is asked with another method, and another path is asked for") {
      const Answer wrong = host.data("DELETE", "/meth");
      const Answer unknown = host.get("/nothing");
      THEN("both say what would be right") {
        CHECK(wrong.refusal() == "405 method_not_allowed");
        CHECK(wrong.header("Allow") == "GET, HEAD, PUT");
        CHECK(wrong.header("Content-Type") == "application/problem+json");
        CHECK(unknown.refusal() == "404 no_route");
        CHECK(unknown.header("Content-Type") == "application/problem+json");
        CHECK(unknown.detail().find("/nothing") != std::string::npos);
        CHECK(unknown.detail().find("/-/routes") != std::string::npos);
      }
    }
    WHEN("HEAD and OPTIONS are sent") {
      const Answer get = host.get("/meth");
      const Answer head = host.data("HEAD", "/meth");
      const Answer lost = host.data("HEAD", "/nothing");
      const Answer options = host.data("OPTIONS", "/meth");
      const Answer server = host.data("OPTIONS", "*");
      THEN("HEAD is a GET without body, and OPTIONS tells the methods") {
        CHECK(head.status() == 200);
        CHECK(head.body().empty());
        CHECK(head.header("Content-Type") == get.header("Content-Type"));
        CHECK(lost.status() == 404);
        CHECK(lost.body().empty());
        CHECK(options.status() == 405);
        CHECK(options.header("Allow") == "GET, HEAD, PUT");
        CHECK(server.status() == 204);
        CHECK(server.header("Allow").find("OPTIONS") != std::string::npos);
      }
    }
  }
}

SCENARIO("B53: Expect is answered with 100, or with the refusal, before the body is sent") {
  GIVEN("an endpoint that takes bodies") {
    HostFixture host({"echoreq"}, [](HostConfig& config) { config.data.max_body_bytes = 100; });
    serve_echo(host);
    RawClient client(host.data_port());
    const auto head = [](const std::string& target, const std::string& length) {
      return "POST " + target + " HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n" +
             "Content-Length: " + length + "\r\n\r\n";
    };
    WHEN("a body that is welcome is announced") {
      const auto interim = client.ask(head("/echo", "5"));
      REQUIRE(interim.has_value());
      const auto answer = client.ask("hello");
      THEN("100 comes first, and the answer after the body") {
        CHECK(interim->status == 100);
        REQUIRE(answer.has_value());
        CHECK(answer->status == 200);
        CHECK(answer->body == "hello");
      }
    }
    WHEN("a body is announced that is too long, or for a path that is not there") {
      const auto too_long = client.ask(head("/echo", "101"));
      RawClient other(host.data_port());
      const auto nowhere = other.ask(head("/nowhere", "5"));
      THEN("the refusal comes at once, and no 100") {
        REQUIRE(too_long.has_value());
        CHECK(too_long->status == 413);
        REQUIRE(nowhere.has_value());
        CHECK(nowhere->status == 404);
      }
    }
  }
}

SCENARIO("B53: a chunked body reaches the handler whole, however it is cut") {
  GIVEN("an endpoint that gives bodies back") {
    HostFixture host({"echoreq"});
    serve_echo(host);
    WHEN("a body comes in chunks, one byte at a time") {
      RawClient client(host.data_port());
      const std::string text =
          "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
          "5\r\nhello\r\n1;why=not\r\n \r\n5\r\nthere\r\n0\r\nHost: elsewhere\r\n\r\n";
      for (const char byte : text) REQUIRE(client.send({&byte, 1}));
      const auto answer = client.read_response();
      THEN("the handler has seen all of it, and the trailer changed nothing") {
        REQUIRE(answer.has_value());
        CHECK(answer->status == 200);
        CHECK(answer->body == "hello there");
        const auto next = client.ask(request_text("POST", "/echo", {}, "next"));
        REQUIRE(next.has_value());
        CHECK(next->body == "next");
      }
    }
  }
}

SCENARIO("B53: encoded and dotted paths reach no other route and no file") {
  GIVEN("an endpoint on /hello and one on /a/b") {
    HostFixture host({"hello"});
    serve_hello(host);
    host.create_endpoint("ab", "/a/b", R"({"hello":1})");
    WHEN("their paths are written in other ways") {
      THEN("an escaped letter is that letter, and an escaped slash is no slash") {
        CHECK(ask_target(host, "/%68ello") == "200 hello serve!");
        CHECK(ask_target(host, "/a%2fb") == "404 no_route");
        CHECK(ask_target(host, "/a%2Fb") == "404 no_route");
        CHECK(ask_target(host, "/a//b") == "404 no_route");
        CHECK(ask_target(host, "//hello") == "404 no_route");
        CHECK(ask_target(host, "/hello/") == "404 no_route");
        CHECK(ask_target(host, "/hello%3F") == "404 no_route");
        CHECK(ask_target(host, "/%2568ello") == "404 no_route");
        CHECK(ask_target(host, "/HELLO") == "404 no_route");
      }
    }
    WHEN("paths climb, however it is written") {
      THEN("each is refused, and none becomes another path") {
        for (const std::string target :
             {"/x/../hello", "/../hello", "/./hello", "/hello/.", "/%2e%2e/hello", "/x/%2E./hello",
              "/..%2fhello", "/-/../hello", "/../../../../etc/passwd",
              "/%2e%2e%2f%2e%2e%2fetc/passwd", "/hello%00", "/hello%", "/hello%zz"}) {
          CAPTURE(target);
          CHECK(ask_target(host, target) == "400 bad_target");
        }
        CHECK(ask_target(host, "/v1/status") == "404 no_route");
        CHECK(ask_target(host, "/-/status") == "404 no_route");
      }
    }
  }
}

}  // namespace backplane::host
