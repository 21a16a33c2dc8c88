#include "host/message/http_response.hpp"

namespace backplane::host {

void HttpResponse::clear() {
  status = 200;
  headers.clear();
  body.clear();
}

}  // namespace backplane::host
