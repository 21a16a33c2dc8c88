#include "host/json/json_schema.hpp"

#include <algorithm>
#include <cassert>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <rapidjson/document.h>
#include <rapidjson/schema.h>
#include <rapidjson/stringbuffer.h>

#include "host/json/json_reader.hpp"
#include "host/json/schema_expansion.hpp"
#include "host/json/schema_words.hpp"
#include "host/json/value_errors.hpp"

namespace backplane::host {

struct JsonSchema::Compiled {
  Compiled(JsonDocument schema, const rapidjson::Document& same)
      : source(std::move(schema)), judge(same) {}

  JsonDocument source;  // what `judge` was made of, to say what it wants
  rapidjson::SchemaDocument judge;
};

namespace {

using Validator = rapidjson::SchemaValidator;

// Tells `validator` what a parser would say of `value`, until it objects; then the value that it
// objects to. Recursion ends where the reader's depth does.
std::optional<JsonValue> first_refused(const JsonValue& value, Validator& validator);

bool accepts_number(const JsonValue& value, Validator& validator) {
  // 1.0 and 1e0 are no integers here, as they are none for the readers.
  const std::optional<std::int64_t> integer = value.integer();
  if (!integer) return validator.Double(value.number().value_or(0));
  return *integer < 0 ? validator.Int64(*integer)
                      : validator.Uint64(static_cast<std::uint64_t>(*integer));
}

bool accepts_string(const JsonValue& value, Validator& validator) {
  std::string text(value.string().value_or(""));
  // RapidJSON's regular expressions stop at a NUL; another control character stands for it.
  std::replace(text.begin(), text.end(), '\0', '\x01');
  return validator.String(text.data(), static_cast<rapidjson::SizeType>(text.size()), true);
}

std::optional<JsonValue> first_refused_of_array(const JsonValue& array, Validator& validator) {
  if (!validator.StartArray()) return array;
  for (const JsonValue& element : array.children()) {
    if (auto refused = first_refused(element, validator)) return refused;
  }
  if (!validator.EndArray(static_cast<rapidjson::SizeType>(array.size()))) return array;
  return std::nullopt;
}

std::optional<JsonValue> first_refused_of_object(const JsonValue& object, Validator& validator) {
  if (!validator.StartObject()) return object;
  for (const JsonValue& member : object.children()) {
    const std::string_view key = member.key();
    if (!validator.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()), true)) {
      return member;
    }
    if (auto refused = first_refused(member, validator)) return refused;
  }
  if (!validator.EndObject(static_cast<rapidjson::SizeType>(object.size()))) return object;
  return std::nullopt;
}

std::optional<JsonValue> first_refused(const JsonValue& value, Validator& validator) {
  const auto unless = [&value](bool accepted) {
    return accepted ? std::nullopt : std::optional<JsonValue>(value);
  };
  switch (value.kind()) {
    case JsonKind::kNull:
      return unless(validator.Null());
    case JsonKind::kBoolean:
      return unless(validator.Bool(value.boolean().value_or(false)));
    case JsonKind::kNumber:
      return unless(accepts_number(value, validator));
    case JsonKind::kString:
      return unless(accepts_string(value, validator));
    case JsonKind::kArray:
      return first_refused_of_array(value, validator);
    case JsonKind::kObject:
      return first_refused_of_object(value, validator);
  }
  return std::nullopt;
}

std::string pointer_of(const Validator& validator) {
  rapidjson::StringBuffer text;
  validator.GetInvalidSchemaPointer().Stringify(text);
  return {text.GetString(), text.GetSize()};
}

Error refusal(const JsonValue& value, std::string_view keyword, const JsonValue& schema) {
  if (keyword == "required") {
    for (const JsonValue& name : schema.find("required")->children()) {
      if (!value.find(*name.string())) return missing_member(value, *name.string());
    }
  }
  if (keyword == "additionalProperties") return unknown_member(value, known_members(schema));
  Error error = unfit_value(value, wanted_by(schema));
  const auto code = schema.find("x-error-code");
  return code ? std::move(error).with_reason(std::string(*code->string())) : error;
}

}  // namespace

Result<JsonSchema> JsonSchema::compile(const JsonDocument& openapi, std::string_view pointer) {
  auto expanded = expand_schema(openapi, pointer);
  if (!expanded.ok()) return std::move(expanded).error();
  auto source = parse_json(expanded.value());
  if (!source.ok()) return std::move(source).error();
  rapidjson::Document same;
  same.Parse<rapidjson::kParseIterativeFlag>(expanded.value().c_str());
  return JsonSchema(std::make_unique<const Compiled>(std::move(source).value(), same));
}

JsonSchema::JsonSchema(std::unique_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
JsonSchema::~JsonSchema() = default;
JsonSchema::JsonSchema(JsonSchema&& other) noexcept = default;
JsonSchema& JsonSchema::operator=(JsonSchema&& other) noexcept = default;

Status JsonSchema::check(const JsonValue& value) const {
  Validator validator(compiled_->judge);
  const auto refused = first_refused(value, validator);
  if (!refused) return {};
  const auto schema = compiled_->source.find(pointer_of(validator));
  assert(schema);
  return refusal(*refused, validator.GetInvalidSchemaKeyword(), *schema);
}

}  // namespace backplane::host
