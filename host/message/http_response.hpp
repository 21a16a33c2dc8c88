#pragma once

#include <cstddef>
#include <string>

#include "host/message/headers.hpp"

namespace backplane::host {

// An answer as logic makes it. Framing and connection fields (Content-Length, Transfer-Encoding,
// Connection, Date) and X-Request-Id are added when it is written. A plain value.
struct HttpResponse {
  unsigned status = 200;  // 200..599
  Headers headers;
  std::string body;

  // Keeps the memory, but not that of a large body: answers are reused with their connections.
  void clear();

  static constexpr std::size_t kKeptBody = std::size_t{64} * 1024;
};

}  // namespace backplane::host
