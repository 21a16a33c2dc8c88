#include "host/json/json_copy.hpp"

#include "host/json/json_writer.hpp"

namespace backplane::host {
namespace {

// Recursion is bounded: parse_json refuses what is nested deeper than its limit.
void copy(const JsonValue& value, JsonWriter& json) {
  switch (value.kind()) {
    case JsonKind::kObject:
      json.begin_object();
      for (const JsonValue& member : value.children()) {
        json.key(member.key());
        copy(member, json);
      }
      json.end_object();
      return;
    case JsonKind::kArray:
      json.begin_array();
      for (const JsonValue& element : value.children()) copy(element, json);
      json.end_array();
      return;
    case JsonKind::kString:
      json.string(value.string().value_or(""));
      return;
    default:
      json.raw(value.source());
  }
}

}  // namespace

std::string compact_json(const JsonValue& value) {
  std::string out;
  JsonWriter json(out);
  copy(value, json);
  return out;
}

}  // namespace backplane::host
