#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace backplane {

constexpr int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// How much of `text` stands for itself.
constexpr std::size_t plain_prefix(std::string_view text) noexcept {
  const auto is_coded = [](char c) { return c == '%' || c == '+'; };
  return static_cast<std::size_t>(std::find_if(text.begin(), text.end(), is_coded) - text.begin());
}

// Percent-decoding of application/x-www-form-urlencoded: "+" is a space. An escape that is none
// ("%", "%4", "%zz") stays as it stands: a handler gets what the client wrote, never an error.
inline std::string decode_query(std::string_view text) {
  const std::size_t plain = plain_prefix(text);
  std::string decoded(text.substr(0, plain));
  if (plain == text.size()) return decoded;  // as most values are
  decoded.reserve(text.size());
  for (std::size_t i = plain; i < text.size(); ++i) {
    if (text[i] == '+') {
      decoded += ' ';
    } else if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
               hex_digit(text[i + 2]) >= 0) {
      decoded += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

// True if `encoded` decodes to `plain`. Most names have nothing to decode and are only compared.
inline bool query_text_equals(std::string_view encoded, std::string_view plain) {
  if (plain_prefix(encoded) == encoded.size()) return encoded == plain;
  return decode_query(encoded) == plain;
}

// Takes the next "name=value" off the front of `rest`, both still encoded; false when none is left.
// "name" without "=" has an empty value; empty pieces ("a=1&&b=2") are skipped.
inline bool next_query_pair(std::string_view& rest,
                            std::pair<std::string_view, std::string_view>& pair) noexcept {
  while (!rest.empty()) {
    const std::string_view piece = rest.substr(0, rest.find('&'));
    rest.remove_prefix(piece.size() == rest.size() ? piece.size() : piece.size() + 1);
    if (piece.empty()) continue;
    const std::size_t equals = piece.find('=');
    pair.first = piece.substr(0, equals);
    pair.second = equals == std::string_view::npos ? std::string_view() : piece.substr(equals + 1);
    return true;
  }
  return false;
}

}  // namespace backplane
