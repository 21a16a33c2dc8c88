#pragma once

#include <cstdint>
#include <string_view>

#include <backplane/abi.h>

namespace backplane {

// The two string types of the border, into each other. Neither owns nor copies.
constexpr std::string_view to_view(bp_str text) noexcept {
  return {text.ptr, static_cast<std::size_t>(text.len)};
}

constexpr bp_str to_bp_str(std::string_view text) noexcept {
  return {text.data(), text.size()};
}

// HTTP field names are ASCII and compare without regard to case (RFC 9110 §5.1).
constexpr bool equals_ignoring_case(std::string_view left, std::string_view right) noexcept {
  if (left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    const auto lower = [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    };
    if (lower(left[i]) != lower(right[i])) return false;
  }
  return true;
}

}  // namespace backplane
