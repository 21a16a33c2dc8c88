#pragma once

#include <cstddef>
#include <string_view>

namespace backplane {

// A string literal as a template argument: Method<"name", &T::name>.
template <std::size_t Size>
struct FixedString {
  char text[Size] = {};

  // NOLINTNEXTLINE(google-explicit-constructor): the literal is the template argument.
  consteval FixedString(const char (&literal)[Size]) {
    for (std::size_t i = 0; i < Size; ++i) text[i] = literal[i];
  }

  constexpr std::string_view view() const noexcept { return {text, Size - 1}; }
};

}  // namespace backplane
