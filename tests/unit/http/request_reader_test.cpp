#include "host/http/request_reader.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

using Progress = RequestReader::Progress;

void append(ReadBuffer& buffer, std::string_view bytes, std::size_t wanted) {
  while (!bytes.empty()) {
    buffer.make_room(wanted);
    const std::size_t n = std::min(bytes.size(), buffer.room().size());
    std::copy_n(bytes.data(), n, buffer.room().data());
    buffer.commit(n);
    bytes.remove_prefix(n);
  }
}

// What a connection would see of `bytes` when they come in two pieces: for each request one line
// of its parts, then how reading ended.
std::string read_all(std::string_view bytes, std::size_t split) {
  RequestReader reader{ListenerConfig{}};
  ReadBuffer buffer;
  HttpRequest request;
  std::string seen;
  for (const std::string_view piece : {bytes.substr(0, split), bytes.substr(split)}) {
    append(buffer, piece, reader.wanted_bytes());
    while (!buffer.empty()) {
      const Progress progress = reader.advance(buffer, request);
      if (progress == Progress::kRefused) {
        return seen + "refused " + std::string(reader.refusal().reason);
      }
      if (progress != Progress::kComplete) break;
      seen += std::string(request.method) + " " + std::string(request.route_path) + " " +
              std::string(request.query) + " " + std::string(request.authority) + " [";
      for (const HeaderField& field : request.headers) {
        seen += std::string(field.name) + "=" + std::string(field.value) + ";";
      }
      seen += "] " + std::string(request.body) + "\n";
      reader.finish(buffer);
      request.clear();
    }
  }
  return seen + (buffer.empty() ? "clean" : "incomplete");
}

void check_every_split(std::string_view bytes, const std::string& expected) {
  for (std::size_t split = 0; split <= bytes.size(); ++split) {
    CAPTURE(split);
    CHECK(read_all(bytes, split) == expected);
  }
}

TEST_SUITE("http") {
  TEST_CASE("RequestReader: every kind of message is the same split at every byte") {
    check_every_split("GET /a?b=c HTTP/1.1\r\nHost: h\r\n\r\n", "GET /a b=c h [Host=h;] \nclean");
    check_every_split("POST /%61 HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello",
                      "POST /a  h [Host=h;Content-Length=5;] hello\nclean");
    check_every_split(
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        "2;x=\"y\"\r\nhe\r\n3\r\nllo\r\n0\r\nHost: evil\r\nContent-Length: 9\r\n\r\n",
        "POST /  h [Host=h;Transfer-Encoding=chunked;] hello\nclean");
    check_every_split("PUT http://other:1/x HTTP/1.1\r\nHost: h\r\n\r\n",
                      "PUT /x  other:1 [Host=h;] \nclean");
    check_every_split("GET / HTTP/1.1\r\nHost: h\r\n\r\nGET /partial HTTP/1.1\r\nHo",
                      "GET /  h [Host=h;] \nincomplete");
  }

  TEST_CASE("RequestReader: pipelined requests are read one by one, in order") {
    check_every_split(
        "POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab"
        "POST /2 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nc\r\n0\r\n\r\n"
        "GET /3 HTTP/1.1\r\nHost: h\r\n\r\ngarbage here\r\n\r\n",
        "POST /1  h [Host=h;Content-Length=2;] ab\n"
        "POST /2  h [Host=h;Transfer-Encoding=chunked;] c\n"
        "GET /3  h [Host=h;] \n"
        "refused bad_request");
  }

  TEST_CASE("RequestReader: refusals are the same split at every byte") {
    check_every_split("GET / HTTP/1.1\r\n\r\n", "refused bad_host");
    check_every_split("GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n", "refused bad_target");
    check_every_split("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999\r\n\r\nx",
                      "refused payload_too_large");
    check_every_split(
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n",
        "refused bad_request");
  }

  TEST_CASE("RequestReader: T74 fields that take turns are joined each with its own") {
    CHECK(read_all(
              "GET / HTTP/1.1\r\nHost: h\r\nA: 1\r\nB: x\r\na: 2\r\nb: y\r\nA: 3\r\nB: z\r\n\r\n",
              0) == "GET /  h [Host=h;A=1,2,3;B=x,y,z;] \nclean");
  }

  TEST_CASE("RequestReader: T74 repeated fields are joined, cookies with a semicolon") {
    CHECK(read_all("GET / HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nCookie: a=b\r\nx-a: 2\r\nX-B: 3\r\n"
                   "X-a: 4\r\ncookie: c=d\r\n\r\n",
                   0) == "GET /  h [Host=h;X-A=1,2,4;Cookie=a=b; c=d;X-B=3;] \nclean");
  }

  TEST_CASE("RequestReader: a body larger than the first block arrives whole, its head intact") {
    const std::string body(100000, 'x');
    const std::string head = "POST /big HTTP/1.1\r\nHost: h\r\nX-Tag: t\r\nContent-Length: 100000";
    const std::string whole = head + "\r\n\r\n" + body;
    const std::string expected =
        "POST /big  h [Host=h;X-Tag=t;Content-Length=100000;] " + body + "\nclean";
    for (const std::size_t split : {std::size_t{10}, head.size() + 4, std::size_t{50000}}) {
      CHECK(read_all(whole, split) == expected);
    }
  }

  TEST_CASE("RequestReader: the end of the head is told once when a body is still to come") {
    RequestReader reader{ListenerConfig{}};
    ReadBuffer buffer;
    HttpRequest request;
    append(buffer,
           "POST /a HTTP/1.1\r\nHost: h\r\nX-Request-Id: id-1\r\nExpect: 100-continue\r\n"
           "Content-Length: 3\r\n\r\n",
           0);
    CHECK(reader.advance(buffer, request) == Progress::kHeadDone);
    CHECK(reader.framing().expects_continue);
    CHECK(request.path == "/a");
    CHECK(request.request_id == "id-1");
    append(buffer, "ab", reader.wanted_bytes());
    CHECK(reader.advance(buffer, request) == Progress::kNeedMore);
    append(buffer, "c", reader.wanted_bytes());
    CHECK(reader.advance(buffer, request) == Progress::kComplete);
    CHECK(request.body == "abc");
  }

  TEST_CASE("RequestReader: chunks do not make the buffer grow beyond their payload") {
    RequestReader reader{ListenerConfig{}};
    ReadBuffer buffer;
    HttpRequest request;
    append(buffer, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", 0);
    CHECK(reader.advance(buffer, request) == Progress::kHeadDone);
    const std::size_t head = buffer.size();
    for (int i = 0; i < 1000; ++i) {
      append(buffer, "1;a=b\r\nx\r\n", 0);
      REQUIRE(reader.advance(buffer, request) == Progress::kNeedMore);
    }
    CHECK(buffer.size() == head + 1000);
  }
}

}  // namespace
}  // namespace backplane::host
