#pragma once

#include <string>

#include "host/message/headers.hpp"

namespace backplane::host {

// An answer as logic makes it. Framing and connection fields (Content-Length, Transfer-Encoding,
// Connection, Date) and X-Request-Id are added when it is written. A plain value.
struct HttpResponse {
  unsigned status = 200;  // 200..599
  Headers headers;
  std::string body;

  // Keeps the memory.
  void clear();
};

}  // namespace backplane::host
