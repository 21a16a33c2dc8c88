#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace backplane::host {

// Which bytes HTTP lets stand where, and how far a text consists of them. Every byte of every head
// passes here, so that sixteen are judged at once where the processor can; the table is the law,
// and a test holds the two against each other. Pure.

enum class ByteClass : std::uint8_t {
  kToken = 1,       // names and methods: tchar of RFC 9110 5.6.2
  kFieldValue = 2,  // field-vchar, blank and tab of RFC 9110 5.5
  kTarget = 4,      // a request target: visible ASCII but '#' (RFC 9112 3.2)
};

constexpr std::array<std::uint8_t, 256> byte_class_table() {
  std::array<std::uint8_t, 256> table{};
  const auto allow = [&table](std::size_t byte, ByteClass to) {
    table[byte] = static_cast<std::uint8_t>(table[byte] | static_cast<std::uint8_t>(to));
  };
  constexpr std::string_view kDelimiters = "\"(),/:;<=>?@[\\]{}";
  for (std::size_t c = 0x21; c <= 0x7e; ++c) {
    if (c != '#') allow(c, ByteClass::kTarget);
    if (kDelimiters.find(static_cast<char>(c)) == std::string_view::npos) {
      allow(c, ByteClass::kToken);
    }
  }
  for (std::size_t c = 0x20; c <= 0xff; ++c) {
    if (c != 0x7f) allow(c, ByteClass::kFieldValue);
  }
  allow('\t', ByteClass::kFieldValue);
  return table;
}

inline constexpr std::array<std::uint8_t, 256> kByteClasses = byte_class_table();

template <ByteClass kClass>
constexpr bool is_in_class(char c) {
  return (kByteClasses[static_cast<unsigned char>(c)] & static_cast<std::uint8_t>(kClass)) != 0;
}

#if defined(__SSE2__)
// A bit for each of the sixteen bytes at `from` that is not of the class. For tokens it may be set
// too often: letters, digits and '-' are all that names are made of nearly always.
template <ByteClass kClass>
unsigned strangers_in_sixteen(const char* from) {
  __m128i bytes;
  std::memcpy(&bytes, from, sizeof bytes);
  const auto equal = [bytes](char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); };
  const auto at_most = [](__m128i value, char limit) {
    return _mm_cmpeq_epi8(_mm_min_epu8(value, _mm_set1_epi8(limit)), value);
  };
  if constexpr (kClass == ByteClass::kFieldValue) {
    const __m128i control = _mm_andnot_si128(equal('\t'), at_most(bytes, 0x1f));
    return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(control, equal(0x7f))));
  } else if constexpr (kClass == ByteClass::kTarget) {
    const __m128i visible = _mm_andnot_si128(at_most(bytes, 0x20), at_most(bytes, 0x7e));
    return ~static_cast<unsigned>(_mm_movemask_epi8(_mm_andnot_si128(equal('#'), visible))) &
           0xffffU;
  } else {
    const __m128i folded = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
    const __m128i letter = at_most(_mm_sub_epi8(folded, _mm_set1_epi8('a')), 25);
    const __m128i digit = at_most(_mm_sub_epi8(bytes, _mm_set1_epi8('0')), 9);
    const __m128i usual = _mm_or_si128(_mm_or_si128(letter, digit), equal('-'));
    return ~static_cast<unsigned>(_mm_movemask_epi8(usual)) & 0xffffU;
  }
}
#endif

// The first place from `at` on whose byte is not of the class; the end of `text` when all are.
template <ByteClass kClass>
std::size_t skip_class(std::string_view text, std::size_t at) {
#if defined(__SSE2__)
  while (text.size() - at >= 16) {
    const unsigned strangers = strangers_in_sixteen<kClass>(text.data() + at);
    if (strangers != 0) {
      at += static_cast<std::size_t>(std::countr_zero(strangers));
      break;
    }
    at += 16;
  }
#endif
  while (at < text.size() && is_in_class<kClass>(text[at])) ++at;
  return at;
}

}  // namespace backplane::host
