#include "host/cli/json_fields.hpp"

#include "host/json/json_copy.hpp"

namespace backplane::host {

std::string text_of(const JsonValue& value) {
  if (value.kind() == JsonKind::kNull) return {};
  if (const auto text = value.string()) return std::string(*text);
  return compact_json(value);
}

std::string text_at(const JsonValue& object, std::string_view name) {
  const auto member = object.find(name);
  return member ? text_of(*member) : std::string();
}

std::string text_at(const JsonValue& object, std::string_view outer, std::string_view inner) {
  const auto member = object.find(outer);
  return member ? text_at(*member, inner) : std::string();
}

std::int64_t count_at(const JsonValue& object, std::string_view name) {
  const auto member = object.find(name);
  return member ? member->integer().value_or(0) : 0;
}

bool is_true_at(const JsonValue& object, std::string_view name) {
  const auto member = object.find(name);
  return member && member->boolean().value_or(false);
}

std::string list_at(const JsonValue& object, std::string_view name, std::string_view between) {
  std::string text;
  const auto list = object.find(name);
  if (!list || !list->is_array()) return text;
  for (const JsonValue& element : list->children()) {
    if (!text.empty()) text += between;
    text += text_of(element);
  }
  return text;
}

std::string shares_at(const JsonValue& object, std::string_view name) {
  std::string text;
  const auto shares = object.find(name);
  if (!shares || !shares->is_object()) return text;
  for (const JsonValue& share : shares->children()) {
    if (!text.empty()) text += ' ';
    text += std::string(share.key()) + "=" + text_of(share);
  }
  return text;
}

}  // namespace backplane::host
