#include "tests/support/body_mutations.hpp"

#include <cstdint>
#include <optional>
#include <utility>

#include "host/json/json_copy.hpp"
#include "host/json/json_reader.hpp"
#include "host/json/json_writer.hpp"

namespace backplane::host {
namespace {

// From the root of a body to one place in it; "[" is the first element of a list.
using Path = std::vector<std::string>;
constexpr const char* kElement = "[";
constexpr const char* kAnyKey = "some_name";

std::string pointer_of(const Path& path) {
  std::string pointer;
  for (const std::string& step : path) pointer += step == kElement ? "/0" : pointer_step(step);
  return pointer;
}

// Writes `value` with `replacement` at the place that `path` leads to from its step `at` on, or
// without the member there when `replacement` is empty. What the way lacks is made.
void write_edited(std::optional<JsonValue> value, const Path& path, std::size_t at,
                  const std::string& replacement, JsonWriter& json) {
  if (at == path.size()) {
    json.raw(replacement);
    return;
  }
  if (path[at] == kElement) {
    json.begin_array();
    write_edited(std::nullopt, path, at + 1, replacement, json);
    json.end_array();
    return;
  }
  json.begin_object();
  std::optional<JsonValue> child;
  if (value) {
    for (const JsonValue& member : value->children()) {
      if (member.key() == path[at]) {
        child = member;
      } else {
        json.key(member.key()).raw(compact_json(member));
      }
    }
  }
  if (at + 1 < path.size() || !replacement.empty()) {
    json.key(path[at]);
    write_edited(child, path, at + 1, replacement, json);
  }
  json.end_object();
}

std::int64_t number_in(const JsonValue& schema, std::string_view keyword) {
  return schema.find(keyword)->integer().value_or(0);
}

// A value of another type than `type`.
std::string stranger_to(std::string_view type) {
  return type == "string" ? "5" : R"("stranger")";
}

// Walks a schema with the way to the place in the body that it judges.
class Mutations {
 public:
  Mutations(const ApiContract& contract, JsonValue example)
      : contract_(contract), example_(example) {}

  void collect(const std::string& place, const Path& path, std::string code) {
    const auto schema = contract_.resolve(place);
    if (!schema) return;
    if (const auto own = schema->find("x-error-code")) code = *own->string();
    const auto type = schema->find("type");
    if (!type) return;  // anything goes
    add("of another type", stranger_to(*type->string()), path, code);
    if (schema->find("enum")) add("a word that is not known", R"("no such word")", path, code);
    add_beyond_range(*schema, path, code);
    add_wrong_sizes(*schema, path, code);
    if (*type->string() == "object") collect_members(*schema, path, code);
    if (const auto items = schema->find("items")) {
      collect(items->pointer(), with(path, kElement), code);
    }
  }

  std::vector<BodyMutation> take() { return std::move(found_); }

 private:
  static Path with(Path path, std::string step) {
    path.push_back(std::move(step));
    return path;
  }

  void add(std::string what, const std::string& replacement, const Path& path,
           const std::string& code) {
    add_at(std::move(what), replacement, path, {pointer_of(path), code});
  }

  void add_at(std::string what, const std::string& replacement, const Path& path,
              std::pair<std::string, std::string> pointer_and_code) {
    std::string body;
    JsonWriter json(body);
    write_edited(example_, path, 0, replacement, json);
    found_.push_back({std::move(what), std::move(body), std::move(pointer_and_code.first),
                      std::move(pointer_and_code.second)});
  }

  void add_beyond_range(const JsonValue& schema, const Path& path, const std::string& code) {
    if (schema.find("minimum")) {
      add("below its minimum", std::to_string(number_in(schema, "minimum") - 1), path, code);
    }
    if (schema.find("maximum")) {
      add("above its maximum", std::to_string(number_in(schema, "maximum") + 1), path, code);
    }
  }

  void add_wrong_sizes(const JsonValue& schema, const Path& path, const std::string& code) {
    if (schema.find("minItems")) add("an empty list", "[]", path, code);
    if (schema.find("maxItems")) {
      std::string list = R"(["GET")";
      for (std::int64_t i = number_in(schema, "maxItems"); i > 0; --i) list += R"(,"GET")";
      add("a list too long", list + "]", path, code);
    }
    if (schema.find("maxProperties")) {
      std::string map = R"({"0":0)";
      for (std::int64_t i = number_in(schema, "maxProperties"); i > 0; --i) {
        map += ",\"" + std::to_string(i) + "\":0";
      }
      add("a map too large", map + "}", path, code);
    }
    if (schema.find("maxLength")) {
      const auto size = static_cast<std::size_t>(number_in(schema, "maxLength")) + 1;
      add("a string too long", '"' + std::string(size, 'a') + '"', path, code);
    }
  }

  void collect_members(const JsonValue& schema, const Path& path, const std::string& code) {
    if (const auto properties = schema.find("properties")) {
      for (const JsonValue& property : properties->children()) {
        collect(property.pointer(), with(path, std::string(property.key())), code);
      }
    }
    if (const auto required = schema.find("required")) {
      for (const JsonValue& name : required->children()) {
        add_at("missing", "", with(path, std::string(*name.string())),
               {pointer_of(path), "missing_field"});
      }
    }
    const auto others = schema.find("additionalProperties");
    if (!others) return;
    const Path other = with(path, kAnyKey);
    if (others->is_object()) return collect(others->pointer(), other, code);
    add("unknown", "1", other, "unknown_field");
  }

  const ApiContract& contract_;
  const JsonValue example_;
  std::vector<BodyMutation> found_;
};

}  // namespace

std::vector<BodyMutation> mutations_of(const ApiContract& contract, const ContractCall& call) {
  if (call.body.empty()) return {};
  const auto example = parse_json(call.body);
  Mutations mutations(contract, example.value().root());
  mutations.collect(call.pointer + "/requestBody/content/application~1json/schema", {},
                    "invalid_argument");
  return mutations.take();
}

}  // namespace backplane::host
