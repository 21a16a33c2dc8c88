#include "host/http/response_writer.hpp"

#include <array>
#include <charconv>

#include "host/message/error_response.hpp"

namespace backplane::host {
namespace {

void append_number(std::size_t number, std::string& out) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void append_status_line(unsigned status, std::string& out) {
  // By far the most frequent one in one piece.
  if (status == 200) {
    out += "HTTP/1.1 200 OK\r\n";
    return;
  }
  out += "HTTP/1.1 ";
  append_number(status, out);
  out += ' ';
  out += reason_phrase(status);
  out += "\r\n";
}

}  // namespace

bool write_response(const HttpResponse& response, const AnswerFrame& frame, std::string& out) {
  const bool has_content = response.status != 204 && response.status != 304;
  const bool has_body = has_content && !frame.is_head && !response.body.empty();
  const bool copied = has_body && response.body.size() <= kMaxCopiedBody;
  // One reservation: the fixed part is under 200 bytes.
  out.reserve(out.size() + 256 + response.headers.wire().size() +
              (copied ? response.body.size() : 0));
  append_status_line(response.status, out);
  out += "Date: ";
  out += frame.date;
  if (has_content) {
    out += "\r\nContent-Length: ";
    append_number(response.body.size(), out);
  }
  if (!frame.request_id.empty()) {
    out += "\r\nX-Request-Id: ";
    out += frame.request_id;
  }
  if (frame.close) {
    out += "\r\nConnection: close\r\n";
  } else if (frame.say_keep_alive) {
    out += "\r\nConnection: keep-alive\r\n";
  } else {
    out += "\r\n";
  }
  out += response.headers.wire();
  out += "\r\n";
  if (copied) out += response.body;
  return has_body && !copied;
}

}  // namespace backplane::host
