#pragma once

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace backplane::host {

// The header fields of an answer, kept as the bytes that go on the wire, so that nothing is
// allocated for each field and the writer copies them in one piece. A plain value.
class Headers {
 public:
  // False, and nothing is added, when `name` is not a token (RFC 9110 5.6.2) or `value` holds
  // anything but visible characters, blanks, tabs and bytes over 0x7f (RFC 9110 5.5).
  bool add(std::string_view name, std::string_view value);
  // All fields of `other`, which have been judged when they were added there.
  void append(const Headers& other);
  // The value of the first field called `name` (any case); empty when there is none.
  std::string_view find(std::string_view name) const;
  bool contains(std::string_view name) const;

  // "Name: value\r\n" for each field.
  std::string_view wire() const { return wire_; }
  std::size_t size() const { return count_; }
  bool empty() const { return count_ == 0; }
  // Keeps the memory.
  void clear();

 private:
  std::string wire_;
  std::size_t count_ = 0;
};

// ASCII case-insensitive; header names and token lists (RFC 9110 5.1).
bool equals_ignoring_case(std::string_view a, std::string_view b);
// Whether `text` is `literal`: compared in a register where a call of memcmp would cost more.
template <std::size_t kSize>
bool is_literal(std::string_view text, const char (&literal)[kSize]) {
  return text.size() == kSize - 1 && std::memcmp(text.data(), literal, kSize - 1) == 0;
}
// As ==, which calls a function that calls memcmp.
inline bool is_same(std::string_view a, std::string_view b) {
  // memcmp may not be given a null pointer.
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0);
}
// A byte that may stand in a method or header name (RFC 9110 5.6.2, tchar).
bool is_token_char(char c);
bool is_token(std::string_view text);

}  // namespace backplane::host
