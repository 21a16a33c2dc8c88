#include "host/json/schema_expansion.hpp"

#include <algorithm>
#include <array>

#include "host/base/status.hpp"
#include "host/json/json_copy.hpp"
#include "host/json/json_writer.hpp"

namespace backplane::host {
namespace {

constexpr std::string_view kErrorCode = "x-error-code";
// What reads documents allows no deeper nesting, so a schema that is deeper leads back to itself.
constexpr std::size_t kDeepest = 32;

// The keywords that judge a value and that hold no other schema.
constexpr std::array<std::string_view, 14> kPlainKeywords{
    "required",   "minimum",     "maximum",       "exclusiveMinimum", "exclusiveMaximum",
    "minLength",  "maxLength",   "pattern",       "minItems",         "maxItems",
    "multipleOf", "uniqueItems", "minProperties", "maxProperties"};
constexpr std::array<std::string_view, 3> kOneSchema{"items", "additionalProperties", "not"};
constexpr std::array<std::string_view, 3> kListOfSchemas{"allOf", "anyOf", "oneOf"};

template <std::size_t n>
bool is_one_of(const std::array<std::string_view, n>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_nullable(const JsonValue& schema) {
  const auto nullable = schema.find("nullable");
  return nullable && nullable->boolean().value_or(false);
}

// The expansion of one schema while it is written. A local variable of expand_schema.
class Expansion {
 public:
  Expansion(const JsonDocument& document, std::string& out) : document_(document), json_(out) {}

  // `code`: what x-error-code says above.
  void write(const JsonValue& schema, std::string_view code, std::size_t depth) {
    if (depth > kDeepest) return refuse("a schema that leads back to itself");
    if (const auto reference = schema.find("$ref")) return follow(*reference, code, depth);
    if (!schema.is_object()) {  // additionalProperties may be true or false
      json_.raw(schema.source());
      return;
    }
    if (const auto own = schema.find(kErrorCode)) code = own->string().value_or(code);
    json_.begin_object();
    if (!code.empty()) json_.member(kErrorCode, code);
    for (const JsonValue& keyword : schema.children()) {
      write_keyword(keyword, is_nullable(schema), code, depth + 1);
    }
    json_.end_object();
  }

  void refuse(const std::string& fault) {
    json_.null();  // so that what is written stays well-formed
    if (status_.ok()) status_ = Error(ErrorCode::kInvalidArgument, "the document has " + fault);
  }

  Status take_status() { return std::move(status_); }

 private:
  void follow(const JsonValue& reference, std::string_view code, std::size_t depth) {
    std::string_view target = reference.string().value_or("");
    if (!target.starts_with('#')) return refuse("a reference to elsewhere, " + reference.found());
    target.remove_prefix(1);
    const auto named = document_.find(target);
    if (!named) return refuse("a reference to nothing, " + reference.found());
    write(*named, code, depth + 1);
  }

  void write_keyword(const JsonValue& keyword, bool nullable, std::string_view code,
                     std::size_t depth) {
    const std::string_view name = keyword.key();
    if (name == "type") {
      write_type(keyword, nullable);
    } else if (name == "enum") {
      write_enum(keyword, nullable);
    } else if (is_one_of(kPlainKeywords, name)) {
      json_.key(name).raw(compact_json(keyword));
    } else if (is_one_of(kOneSchema, name)) {
      json_.key(name);
      write(keyword, code, depth);
    } else if (is_one_of(kListOfSchemas, name)) {
      json_.key(name).begin_array();
      for (const JsonValue& schema : keyword.children()) write(schema, code, depth);
      json_.end_array();
    } else if (name == "properties") {
      json_.key(name).begin_object();
      for (const JsonValue& property : keyword.children()) {
        json_.key(property.key());
        write(property, code, depth);
      }
      json_.end_object();
    }
  }

  void write_type(const JsonValue& type, bool nullable) {
    json_.key("type").begin_array().raw(type.source());
    if (nullable) json_.string("null");
    json_.end_array();
  }

  void write_enum(const JsonValue& values, bool nullable) {
    json_.key("enum").begin_array();
    for (const JsonValue& value : values.children()) {
      if (nullable && value.kind() == JsonKind::kNull) continue;
      json_.raw(compact_json(value));
    }
    if (nullable) json_.null();
    json_.end_array();
  }

  const JsonDocument& document_;
  JsonWriter json_;
  Status status_;
};

}  // namespace

Result<std::string> expand_schema(const JsonDocument& document, std::string_view pointer) {
  std::string text;
  Expansion expansion(document, text);
  const auto schema = document.find(pointer);
  if (schema) {
    expansion.write(*schema, {}, 0);
  } else {
    expansion.refuse("no schema at '" + std::string(pointer) + "'");
  }
  Status status = expansion.take_status();
  if (!status.ok()) return std::move(status).error();
  return text;
}

}  // namespace backplane::host
