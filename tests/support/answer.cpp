#include "tests/support/answer.hpp"

#include <optional>
#include <utility>

#include <doctest/doctest.h>

#include "host/json/json_copy.hpp"
#include "host/json/json_reader.hpp"

namespace backplane::host {
namespace {

// Steps with "~" do not occur in what tests ask for.
std::optional<JsonValue> find(JsonValue value, std::string_view pointer) {
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const std::string_view step = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(step.size());
    std::optional<JsonValue> child;
    if (value.is_array()) {
      std::size_t index = 0;
      for (const JsonValue& element : value.children()) {
        if (std::to_string(index++) == step) child = element;
      }
    } else {
      child = value.find(step);
    }
    if (!child) return std::nullopt;
    value = *child;
  }
  return value;
}

}  // namespace

JsonDocument Answer::json() const {
  auto document = parse_json(body());
  REQUIRE_MESSAGE(document.ok(), body());
  return std::move(document).value();
}

std::string Answer::at(std::string_view pointer) const {
  const auto document = parse_json(body());
  if (!document.ok()) return {};
  const auto value = find(document.value().root(), pointer);
  return value ? compact_json(*value) : std::string();
}

std::string Answer::text_at(std::string_view pointer) const {
  const auto document = parse_json(body());
  if (!document.ok()) return {};
  const auto value = find(document.value().root(), pointer);
  return value ? std::string(value->string().value_or("")) : std::string();
}

}  // namespace backplane::host
