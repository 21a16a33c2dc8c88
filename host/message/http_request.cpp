#include "host/message/http_request.hpp"

#include "host/message/headers.hpp"

namespace backplane::host {

const std::string_view* HttpRequest::find_header(std::string_view name) const {
  for (const HeaderField& field : headers) {
    if (equals_ignoring_case(field.name, name)) return &field.value;
  }
  return nullptr;
}

void HttpRequest::clear() {
  method = path = route_path = query = authority = body = content_type = {};
  headers.clear();
  request_id.clear();
  received_at = {};
  deadline = slo = kNever;
  call_method = shard_key = trace_id = {};
  has_shard_key = false;
}

}  // namespace backplane::host
