#pragma once

#include <string_view>
#include <vector>

#include "host/base/clock.hpp"
#include "host/message/request_id.hpp"

namespace backplane::host {

// One header field of a request: views into the connection's buffer.
struct HeaderField {
  std::string_view name;   // as sent
  std::string_view value;  // without surrounding blanks
};

// A request whose head and body have arrived whole. Views point into memory of the connection and
// stay valid until the exchange it belongs to has been completed. A plain value.
struct HttpRequest {
  std::string_view method;  // as sent; methods are case-sensitive (RFC 9110 9.1)
  std::string_view path;    // as sent, percent-encoding kept: what handlers see
  // The path that routes are compared with: escapes decoded except %2F, no dot segments.
  std::string_view route_path;
  std::string_view query;      // without the '?', raw; empty when absent
  std::string_view authority;  // Host, or the authority of an absolute-form target
  std::string_view body;       // decoded from chunks
  std::string_view content_type;
  // No name stands twice: repeated fields are joined with "," (Cookie with "; ").
  std::vector<HeaderField> headers;
  // The client's X-Request-Id when it is [A-Za-z0-9._-]{1,64}, else one of ours.
  RequestId request_id;
  TimePoint received_at{};       // first byte of the head
  TimePoint deadline = kNever;   // when the answer is worth nothing any more
  TimePoint slo = kNever;        // when the client would like it; may have passed
  std::string_view call_method;  // X-Serve-Call-Method; empty when absent
  std::string_view shard_key;    // X-Serve-Shard-Key; empty when absent
  bool has_shard_key = false;
  std::string_view trace_id;  // 32 hexadecimal digits of traceparent; empty when absent

  // The value of header `name` (any case), or null.
  const std::string_view* find_header(std::string_view name) const;
  bool is_head() const { return method == "HEAD"; }
  // Keeps the memory of headers.
  void clear();
};

}  // namespace backplane::host
