#include "host/message/headers.hpp"

#include <algorithm>
#include <optional>

#include "host/message/byte_classes.hpp"

namespace backplane::host {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

std::optional<std::string_view> lookup(std::string_view wire, std::string_view name) {
  while (!wire.empty()) {
    const std::size_t end = wire.find("\r\n");
    const std::string_view line = wire.substr(0, end);
    const std::size_t colon = line.find(':');
    if (equals_ignoring_case(line.substr(0, colon), name)) return line.substr(colon + 2);
    wire.remove_prefix(end + 2);
  }
  return std::nullopt;
}

}  // namespace

bool Headers::add(std::string_view name, std::string_view value) {
  if (!is_token(name) || skip_class<ByteClass::kFieldValue>(value, 0) != value.size()) return false;
  const std::size_t before = wire_.size();
  wire_.resize(before + name.size() + value.size() + 4);
  char* to = wire_.data() + before;
  to = std::copy(name.begin(), name.end(), to);
  *to++ = ':';
  *to++ = ' ';
  to = std::copy(value.begin(), value.end(), to);
  *to++ = '\r';
  *to = '\n';
  ++count_;
  return true;
}

void Headers::append(const Headers& other) {
  wire_ += other.wire_;
  count_ += other.count_;
}

std::string_view Headers::find(std::string_view name) const {
  return lookup(wire_, name).value_or(std::string_view());
}

bool Headers::contains(std::string_view name) const {
  return lookup(wire_, name).has_value();
}

void Headers::clear() {
  wire_.clear();
  count_ = 0;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    // Mostly both are written alike.
    if (a[i] != b[i] && lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

bool is_token_char(char c) {
  return is_in_class<ByteClass::kToken>(c);
}

bool is_token(std::string_view text) {
  return !text.empty() && skip_class<ByteClass::kToken>(text, 0) == text.size();
}

}  // namespace backplane::host
