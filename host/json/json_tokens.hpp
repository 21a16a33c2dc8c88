#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace backplane::host {

// One string, number, word or bracket of a JSON text. A plain value.
struct JsonToken {
  std::uint32_t begin;
  std::uint32_t end;
};

// What scan_json_tokens found. A plain value.
struct JsonTokens {
  std::vector<JsonToken> tokens;  // in order
  std::size_t deepest_at = 0;     // where nesting first went over the limit, when it did
  bool too_deep = false;
  bool too_many = false;
};

// The tokens of `text` up to the first character that cannot begin one; a well-formed text is
// covered whole. Stops where nesting exceeds `max_depth` or tokens `max_tokens`. Takes no
// recursion and one pass. Pure.
JsonTokens scan_json_tokens(std::string_view text, std::size_t max_depth, std::size_t max_tokens);

// Length of the JSON number (RFC 8259 section 6) at the start of `text`; 0 when there is none.
std::size_t json_number_length(std::string_view text);

}  // namespace backplane::host
