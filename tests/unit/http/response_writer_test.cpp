#include "host/http/response_writer.hpp"

#include <string>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

constexpr std::string_view kDate = "Sun, 06 Nov 1994 08:49:37 GMT";

HttpResponse answer(unsigned status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.headers.add("X-A", "b");
  response.body = std::move(body);
  return response;
}

std::string written(const HttpResponse& response, const AnswerFrame& frame) {
  TextBuffer out;
  write_response(response, frame, out);
  return std::string(out.view());
}

TEST_SUITE("http") {
  TEST_CASE("write_response: the host adds date, length and request id to what logic said") {
    CHECK(written(answer(200, "hello"), {.date = kDate, .request_id = "r1"}) ==
          "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 5\r\n"
          "X-Request-Id: r1\r\nX-A: b\r\n\r\nhello");
    CHECK(written(answer(404, ""), {.date = kDate, .close = true}) ==
          "HTTP/1.1 404 Not Found\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 0\r\n"
          "Connection: close\r\nX-A: b\r\n\r\n");
    CHECK(written(answer(299, ""), {.date = kDate, .say_keep_alive = true}) ==
          "HTTP/1.1 299 Unknown\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 0\r\n"
          "Connection: keep-alive\r\nX-A: b\r\n\r\n");
  }

  TEST_CASE("write_response: a request id of any length is written to its last byte") {
    const std::string id = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_.";
    for (std::size_t size = 1; size <= id.size(); ++size) {
      const std::string text =
          written(answer(204, ""), {.date = kDate, .request_id = id.substr(0, size)});
      CHECK(text ==
            "HTTP/1.1 204 No Content\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "X-Request-Id: " +
                id.substr(0, size) + "\r\nX-A: b\r\n\r\n");
    }
  }

  TEST_CASE("write_response: an answer to HEAD has the length of the body and no body") {
    const std::string text = written(answer(200, "hello"), {.date = kDate, .is_head = true});
    CHECK(text.find("Content-Length: 5\r\n") != std::string::npos);
    CHECK(text.substr(text.size() - 4) == "\r\n\r\n");
  }

  TEST_CASE("write_response: a body of unknown length comes in chunks, or ends the connection") {
    const std::string chunked = written(answer(200, ""), {.date = kDate, .chunked = true});
    CHECK(chunked.find("Transfer-Encoding: chunked\r\n") != std::string::npos);
    CHECK(chunked.find("Content-Length") == std::string::npos);
    const std::string plain =
        written(answer(200, ""), {.date = kDate, .close = true, .sized = false});
    CHECK(plain.find("Transfer-Encoding") == std::string::npos);
    CHECK(plain.find("Content-Length") == std::string::npos);
  }

  TEST_CASE("write_chunk: a piece has its size in front; an empty one would be the end") {
    TextBuffer out;
    write_chunk("hello", out);
    write_chunk("", out);
    write_chunk(std::string(26, 'x'), out);
    write_last_chunk(out);
    CHECK(out.view() == "5\r\nhello\r\n1a\r\n" + std::string(26, 'x') + "\r\n0\r\n\r\n");
  }

  TEST_CASE("write_response: 204 and 304 have neither length nor body") {
    for (const unsigned status : {204U, 304U}) {
      const std::string text = written(answer(status, "dropped"), {.date = kDate});
      CHECK(text.find("Content-Length") == std::string::npos);
      CHECK(text.find("dropped") == std::string::npos);
    }
  }

  TEST_CASE("write_response: a body over 16 KiB is left to be gathered, unless nobody gets it") {
    TextBuffer out;
    CHECK_FALSE(
        write_response(answer(200, std::string(kMaxCopiedBody, 'x')), {.date = kDate}, out));
    out.clear(0);
    CHECK(write_response(answer(200, std::string(kMaxCopiedBody + 1, 'x')), {.date = kDate}, out));
    CHECK(out.view().find("Content-Length: 16385\r\n") != std::string_view::npos);
    CHECK(out.view().find("xx") == std::string_view::npos);
    CHECK_FALSE(
        write_response(answer(200, std::string(kMaxCopiedBody + 1, 'x')), {.is_head = true}, out));
  }

  TEST_CASE("write_response: answers are appended to what stands there") {
    TextBuffer out;
    write_response(answer(200, "a"), {.date = kDate}, out);
    const std::string first(out.view());
    // Longer than all the room that the first one left.
    write_response(answer(404, std::string(5000, 'b')), {.date = kDate}, out);
    CHECK(out.view().starts_with(first + "HTTP/1.1 404 "));
    CHECK(out.view().ends_with("\r\n\r\n" + std::string(5000, 'b')));
  }
}

}  // namespace
}  // namespace backplane::host
