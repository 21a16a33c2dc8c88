#include "host/json/schema_words.hpp"

#include <optional>

#include "host/json/value_errors.hpp"

namespace backplane::host {
namespace {

// " from 1 to 9", " of at least 1", " of at most 9", or nothing.
std::string range_of(const JsonValue& schema) {
  const auto least = schema.find("minimum");
  const auto most = schema.find("maximum");
  if (least && most) {
    return " from " + std::string(least->source()) + " to " + std::string(most->source());
  }
  if (least) return " of at least " + std::string(least->source());
  if (most) return " of at most " + std::string(most->source());
  return {};
}

// The same of how many `things` there are: " of 1 to 9 things".
std::string count_of(const JsonValue& schema, std::string_view least_key, std::string_view most_key,
                     std::string_view things) {
  const auto least = schema.find(least_key);
  const auto most = schema.find(most_key);
  std::string text;
  if (least && most) {
    text = " of " + std::string(least->source()) + " to " + std::string(most->source());
  } else if (least) {
    text = " of at least " + std::string(least->source());
  } else if (most) {
    text = " of at most " + std::string(most->source());
  } else {
    return text;
  }
  return text.append(" ").append(things);
}

std::string wanted_string(const JsonValue& schema) {
  std::string text = "a string" + count_of(schema, "minLength", "maxLength", "characters");
  if (const auto pattern = schema.find("pattern")) {
    text.append(" that matches ").append(pattern->string().value_or(""));
  }
  return text;
}

std::string wanted_type(const JsonValue& schema, std::string_view type) {
  if (type == "integer") return "an integer" + range_of(schema);
  if (type == "number") return "a number" + range_of(schema);
  if (type == "string") return wanted_string(schema);
  if (type == "boolean") return "true or false";
  if (type == "array") return "an array" + count_of(schema, "minItems", "maxItems", "elements");
  if (type == "object") {
    return "an object" + count_of(schema, "minProperties", "maxProperties", "members");
  }
  return std::string(type);  // null
}

std::string wanted_word(const JsonValue& values) {
  std::vector<std::string_view> words;
  for (const JsonValue& value : values.children()) {
    words.push_back(value.string().value_or(value.source()));
  }
  return "one of " + listed(words);
}

}  // namespace

std::string wanted_by(const JsonValue& schema) {
  if (const auto values = schema.find("enum")) return wanted_word(*values);
  const auto types = schema.find("type");
  if (!types) return "what the document of this API describes";
  std::string text;
  for (const JsonValue& type : types->children()) {
    if (!text.empty()) text += " or ";
    text += wanted_type(schema, type.string().value_or(""));
  }
  return text;
}

std::vector<std::string_view> known_members(const JsonValue& schema) {
  std::vector<std::string_view> names;
  const auto properties = schema.find("properties");
  if (!properties) return names;
  for (const JsonValue& property : properties->children()) {
    if (property.key() != "$comment") names.push_back(property.key());
  }
  return names;
}

}  // namespace backplane::host
