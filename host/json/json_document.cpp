#include "host/json/json_document.hpp"

#include <algorithm>

namespace backplane::host {
namespace {

std::optional<JsonValue> child_by_step(const JsonValue& value, std::string_view step) {
  std::size_t index = 0;
  for (const JsonValue& child : value.children()) {
    const bool same =
        value.is_object() ? pointer_step(child.key()) == step : "/" + std::to_string(index) == step;
    if (same) return child;
    ++index;
  }
  return std::nullopt;
}

// As far from `value` as `pointer` leads; takes the steps that it went from `pointer`.
JsonValue walk(JsonValue value, std::string_view& pointer) {
  while (!pointer.empty()) {
    const std::string_view step = pointer.substr(0, pointer.find('/', 1));
    const std::optional<JsonValue> child = child_by_step(value, step);
    if (!child) break;
    pointer.remove_prefix(step.size());
    value = *child;
  }
  return value;
}

}  // namespace

TextPlace place_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  const std::string_view line = before.substr(line_start);
  TextPlace place;
  place.line += static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  // Every byte but the continuation bytes of UTF-8 begins a character.
  place.column += static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
  }));
  return place;
}

std::optional<JsonValue> JsonDocument::find(std::string_view pointer) const {
  const JsonValue value = walk(root(), pointer);
  if (!pointer.empty()) return std::nullopt;
  return value;
}

TextPlace JsonDocument::place_of_pointer(std::string_view pointer) const {
  return place_of(tree_->source, walk(root(), pointer).offset());
}

}  // namespace backplane::host
