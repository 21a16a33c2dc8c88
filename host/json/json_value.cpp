#include "host/json/json_value.hpp"

#include <charconv>
#include <limits>

namespace backplane::host {
namespace {

constexpr std::size_t kLongestFound = 40;
// Beyond it the exponent decides alone, and sums with a text's length cannot overflow.
constexpr long long kLargestExponent = 1'000'000'000;

// Whether a number that std::from_chars found out of range is too large, not too small: the
// decimal place of its first digit says it, and the locale, which strtod obeys, does not.
bool is_beyond(std::string_view number) {
  const std::size_t exponent_at = number.find_first_of("eE");
  const std::string_view mantissa = number.substr(0, exponent_at);
  long long exponent = 0;
  if (exponent_at != std::string_view::npos) {
    std::string_view digits = number.substr(exponent_at + 1);
    const bool negative = digits.front() == '-';
    if (digits.front() == '+') digits.remove_prefix(1);
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
    if (read.ec != std::errc()) return !negative;
    if (exponent > kLargestExponent || exponent < -kLargestExponent) return !negative;
  }
  const std::size_t first = mantissa.find_first_of("123456789");
  const std::size_t point = mantissa.find('.');
  const auto distance =
      static_cast<long long>(point == std::string_view::npos ? mantissa.size() : point) -
      static_cast<long long>(first);
  return first != std::string_view::npos && distance + exponent > 0;
}

}  // namespace

std::optional<bool> JsonValue::boolean() const {
  if (kind() != JsonKind::kBoolean) return std::nullopt;
  return node().truth;
}

std::optional<std::string_view> JsonValue::string() const {
  if (kind() != JsonKind::kString) return std::nullopt;
  return std::string_view(tree_->strings).substr(node().text_begin, node().text_size);
}

std::optional<std::int64_t> JsonValue::integer() const {
  if (kind() != JsonKind::kNumber) return std::nullopt;
  const std::string_view text = source();
  std::int64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> JsonValue::number() const {
  if (kind() != JsonKind::kNumber) return std::nullopt;
  const std::string_view text = source();
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec == std::errc()) return value;
  if (!is_beyond(text)) return 0.0;
  const double infinity = std::numeric_limits<double>::infinity();
  return text.front() == '-' ? -infinity : infinity;
}

JsonChildren JsonValue::children() const {
  const std::uint32_t first = node().first_child;
  if (first == JsonNode::kNone) return JsonChildren(std::nullopt);
  return JsonChildren(JsonValue(*tree_, first));
}

std::optional<JsonValue> JsonValue::find(std::string_view name) const {
  if (!is_object()) return std::nullopt;
  for (const JsonValue& member : children()) {
    if (member.key() == name) return member;
  }
  return std::nullopt;
}

std::string_view JsonValue::key() const {
  return std::string_view(tree_->strings).substr(node().key_begin, node().key_size);
}

std::string JsonValue::pointer() const {
  if (node().parent == JsonNode::kNone) return {};
  const JsonValue parent(*tree_, node().parent);
  const std::string step =
      parent.is_object() ? pointer_step(key()) : "/" + std::to_string(node().index);
  return parent.pointer() + step;
}

std::string_view JsonValue::source() const {
  return std::string_view(tree_->source).substr(node().begin, node().end - node().begin);
}

std::string JsonValue::found() const {
  switch (kind()) {
    case JsonKind::kArray:
      return "an array";
    case JsonKind::kObject:
      return "an object";
    case JsonKind::kString:
      return source().size() > kLongestFound
                 ? "a string of " + std::to_string(node().text_size) + " bytes"
                 : std::string(source());
    default:
      return source().size() > kLongestFound
                 ? "a number of " + std::to_string(source().size()) + " characters"
                 : std::string(source());
  }
}

std::optional<JsonValue> JsonValue::next() const {
  if (node().next == JsonNode::kNone) return std::nullopt;
  return JsonValue(*tree_, node().next);
}

std::string pointer_step(std::string_view name) {
  std::string step = "/";
  for (const char c : name) {
    if (c == '~') {
      step += "~0";
    } else if (c == '/') {
      step += "~1";
    } else {
      step += c;
    }
  }
  return step;
}

}  // namespace backplane::host
