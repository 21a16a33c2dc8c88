#pragma once

#include <cstddef>
#include <string_view>

#include "host/http/text_buffer.hpp"
#include "host/message/http_response.hpp"

namespace backplane::host {

// What the connection adds to an answer. A plain value.
struct AnswerFrame {
  std::string_view date = {};        // HttpDate::text()
  std::string_view request_id = {};  // empty: no X-Request-Id
  bool is_head = false;              // the answer to HEAD: length, no body
  bool close = false;                // "Connection: close"
  bool say_keep_alive = false;       // HTTP/1.0 clients want to be told
  bool chunked = false;              // the body comes in chunks, this one being the first
  bool sized = true;  // it has a Content-Length; else its end is that of the connection
};

// Bodies up to this size are copied behind the head; larger ones are gathered by writev.
inline constexpr std::size_t kMaxCopiedBody = std::size_t{16} * 1024;

// Appends the head of `response` to `out`, and its body when that is small. True when the body is
// left to be sent behind `out`. 204 and 304 have neither body nor length (RFC 9110 8.6). Pure.
bool write_response(const HttpResponse& response, const AnswerFrame& frame, TextBuffer& out);

// Appends one piece of a body that is sent in chunks (RFC 9112 7.1); nothing for an empty one,
// which would be the end. Pure.
void write_chunk(std::string_view piece, TextBuffer& out);
// Appends the end of such a body, without trailers. Pure.
void write_last_chunk(TextBuffer& out);

}  // namespace backplane::host
