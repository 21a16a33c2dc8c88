#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "host/message/adopted_bytes.hpp"
#include "host/message/headers.hpp"

namespace backplane::host {

// An answer as logic makes it. Framing and connection fields (Content-Length, Transfer-Encoding,
// Connection, Date) and X-Request-Id are added when it is written. A plain value.
struct HttpResponse {
  unsigned status = 200;  // 200..599
  Headers headers;
  std::string body;
  // The whole body, in place of `body`, where it is not empty. Not of an answer in pieces.
  AdoptedBytes adopted;
  // `body` is a piece, and more follow: when it has been sent, the exchange goes back to who serves
  // it by HttpHandler::resume(). Status and headers are those of the first piece. Not for HEAD.
  bool more = false;
  // The answer ends with `body` and is not whole: whoever reads it shall see that. Only for the
  // last piece of several.
  bool broken = false;
  // Nobody knows how long the body would be, as to a HEAD whose answer would come in pieces.
  bool unsized = false;
  // Who reads it is code in this process: an error is its words alone. Stays at clear().
  bool plain_errors = false;

  std::string_view content() const { return adopted.empty() ? body : adopted.view(); }

  // Keeps the memory, but not that of a large body: answers are reused with their connections.
  void clear();

  static constexpr std::size_t kKeptBody = std::size_t{64} * 1024;
};

}  // namespace backplane::host
