#include "host/json/json_tokens.hpp"

namespace backplane::host {
namespace {

std::size_t digits_at(std::string_view text, std::size_t at) {
  const std::size_t end = text.find_first_not_of("0123456789", at);
  return (end == std::string_view::npos ? text.size() : end) - at;
}

// Length with both quotes; 0 when the string does not end.
std::size_t string_length(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') return i + 1;
    if (text[i] == '\\') ++i;
  }
  return 0;
}

std::size_t word_length(std::string_view text) {
  const std::size_t end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz");
  return end == std::string_view::npos ? text.size() : end;
}

std::size_t token_length(std::string_view text) {
  const char first = text.front();
  if (first == '{' || first == '}' || first == '[' || first == ']') return 1;
  if (first == '"') return string_length(text);
  if (first == '-' || (first >= '0' && first <= '9')) return json_number_length(text);
  return word_length(text);
}

}  // namespace

std::size_t json_number_length(std::string_view text) {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  const std::size_t whole = digits_at(text, at);
  if (whole == 0) return 0;
  at += text[at] == '0' ? 1 : whole;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = digits_at(text, at + 1);
    if (fraction == 0) return 0;
    at += 1 + fraction;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    std::size_t digits = at + 1;
    if (digits < text.size() && (text[digits] == '+' || text[digits] == '-')) ++digits;
    const std::size_t exponent = digits_at(text, digits);
    if (exponent == 0) return 0;
    at = digits + exponent;
  }
  return at;
}

JsonTokens scan_json_tokens(std::string_view text, std::size_t max_depth, std::size_t max_tokens) {
  JsonTokens found;
  std::size_t depth = 0;
  for (std::size_t at = text.find_first_not_of(" \t\r\n,:"); at != std::string_view::npos;
       at = text.find_first_not_of(" \t\r\n,:", at)) {
    const std::size_t length = token_length(text.substr(at));
    if (length == 0) return found;
    if (found.tokens.size() == max_tokens) {
      found.too_many = true;
      return found;
    }
    const char first = text[at];
    if (first == '{' || first == '[') ++depth;
    if ((first == '}' || first == ']') && depth > 0) --depth;
    if (depth > max_depth) {
      found.too_deep = true;
      found.deepest_at = at;
      return found;
    }
    found.tokens.push_back(
        {static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at + length)});
    at += length;
  }
  return found;
}

}  // namespace backplane::host
