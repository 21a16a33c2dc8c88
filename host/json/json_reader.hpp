#pragma once

#include <cstddef>
#include <string_view>

#include "host/base/result.hpp"
#include "host/json/json_document.hpp"

namespace backplane::host {

// What a text may cost before it is refused.
struct JsonLimits {
  std::size_t max_bytes = std::size_t{1024} * 1024;
  std::size_t max_depth = 32;
  // Values, member names and brackets together.
  std::size_t max_tokens = 200'000;
};

// [any] Reads one JSON document (RFC 8259), strictly: UTF-8 only, no byte order mark, no NUL, no
// name twice in one object, no comments, no NaN, nothing after the value. Does not recurse.
// kMalformed "invalid_json": what is wrong and its byte offset, line and column.
// kMalformed "json_too_deep": over `max_depth`.  kPayloadTooLarge: over another limit.
Result<JsonDocument> parse_json(std::string_view text, const JsonLimits& limits = {});

}  // namespace backplane::host
