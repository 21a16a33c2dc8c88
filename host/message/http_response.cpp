#include "host/message/http_response.hpp"

namespace backplane::host {

void HttpResponse::clear() {
  status = 200;
  headers.clear();
  adopted.reset();
  more = broken = unsized = false;
  if (body.capacity() > kKeptBody) {
    // Assigning an empty string keeps the memory.
    std::string().swap(body);
  } else {
    body.clear();
  }
}

}  // namespace backplane::host
