#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "host/http/head_scanner.hpp"

namespace backplane::host {

// How a request's body is delimited and what becomes of its connection. A plain value.
struct Framing {
  enum class Body : std::uint8_t { kNone, kLength, kChunked };

  Body body = Body::kNone;
  std::uint64_t length = 0;  // of a kLength body
  bool keep_alive = true;
  bool expects_continue = false;
  std::optional<std::size_t> host_field;  // which of the fields is Host
  bool host_known = false;                // it is the `known_host`
};

// Decides from the raw fields, and nowhere else, how a request is framed (RFC 9112 3.2, 6, 9.3;
// RFC 9110 10.1.1). Stricter than the RFC wherever two readers could differ: exactly one of
// Content-Length and Transfer-Encoding, once, with nothing but a length or `chunked` in it.
// `head` is where the fields' spans count from. `framing` is a fresh one, and holds the decision
// unless there is a refusal. `known_host`: a Host that has been found valid before, as that of a
// connection's other requests, and need not be looked at again.
std::optional<Refusal> decide_framing(const char* head, std::span<const FieldSpan> fields,
                                      unsigned minor_version, std::string_view known_host,
                                      Framing& framing);

// uri-host [":" port] of RFC 9110 7.2, not empty.
bool is_valid_host(std::string_view text);

}  // namespace backplane::host
