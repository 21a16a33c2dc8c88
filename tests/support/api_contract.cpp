#include "tests/support/api_contract.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include <doctest/doctest.h>

#include "host/json/json_copy.hpp"
#include "host/json/json_reader.hpp"
#include "host/json/json_schema.hpp"

namespace backplane::host {
namespace {

constexpr std::array<std::string_view, 5> kMethods{"get", "put", "post", "patch", "delete"};

JsonDocument parsed(std::string_view text) {
  auto document = parse_json(text);
  REQUIRE(document.ok());
  return std::move(document).value();
}

std::string upper_case(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) c = static_cast<char>(c - 'a' + 'A');
  return upper;
}

// Texts that are no value of `schema`, which is that of a query parameter.
std::vector<std::string> forbidden_by(const JsonValue& schema) {
  std::vector<std::string> values{"", "stranger", "1.5", "%31", "null"};
  const auto beside = [&schema, &values](std::string_view bound, std::int64_t step) {
    const auto limit = schema.find(bound);
    if (limit) values.push_back(std::to_string(limit->integer().value_or(0) + step));
  };
  beside("minimum", -1);
  beside("maximum", 1);
  return values;
}

bool is_method(std::string_view key) {
  return std::find(kMethods.begin(), kMethods.end(), key) != kMethods.end();
}

}  // namespace

ApiContract::ApiContract(std::string_view text) : document_(parsed(text)) {
  for (const JsonValue& path : document_.root().find("paths")->children()) {
    for (const JsonValue& operation : path.children()) {
      if (!is_method(operation.key())) continue;
      ContractCall call;
      call.method = upper_case(operation.key());
      call.path = call.target = path.key();
      call.pointer = operation.pointer();
      call.streams =
          resolve(call.pointer + "/responses/200/content/text~1event-stream").has_value();
      read_parameters(path, call);
      read_parameters(operation, call);
      const auto content = document_.find(call.pointer + "/requestBody/content/application~1json");
      if (content) {
        CAPTURE(call.pointer);
        REQUIRE(content->find("example").has_value());
        call.body = compact_json(*content->find("example"));
      }
      calls_.push_back(std::move(call));
    }
  }
}

std::vector<std::string> ApiContract::methods_of(std::string_view path) const {
  std::vector<std::string> methods;
  for (const ContractCall& call : calls_) {
    if (call.path != path) continue;
    methods.push_back(call.method);
    if (call.method == "GET") methods.emplace_back("HEAD");
  }
  return methods;
}

std::vector<std::string> ApiContract::statuses_of(const ContractCall& call) const {
  std::vector<std::string> statuses;
  for (const JsonValue& response : document_.find(call.pointer + "/responses")->children()) {
    if (response.key() != "default") statuses.emplace_back(response.key());
  }
  return statuses;
}

std::optional<JsonValue> ApiContract::resolve(const std::string& pointer) const {
  auto value = document_.find(pointer);
  while (value) {
    const auto reference = value->find("$ref");
    if (!reference) break;
    value = document_.find(reference->string().value_or("#").substr(1));
  }
  return value;
}

std::string ApiContract::misfit(const ContractCall& call, const Answer& answer) const {
  const auto response = response_of(call, answer.status());
  if (!response) return "status " + std::to_string(answer.status());
  if (const auto fields = response->find("headers")) {
    for (const JsonValue& field : fields->children()) {
      if (answer.header(field.key()).empty()) return "no field " + std::string(field.key());
    }
  }
  const auto content = response->find("content");
  const std::string type = answer.header("Content-Type");
  const std::string media_type = type.substr(0, type.find(';'));
  const auto promised = content ? content->find(media_type) : std::nullopt;
  if (!promised) return "media type '" + type + "'";
  if (!media_type.ends_with("json")) return {};
  const auto schema = JsonSchema::compile(document_, promised->pointer() + "/schema");
  if (!schema.ok()) return schema.error().message();
  const Status fits = schema.value().check(answer.json().root());
  if (fits.ok()) return {};
  return "at '" + fits.error().pointer() + "': " + fits.error().message();
}

std::optional<JsonValue> ApiContract::response_of(const ContractCall& call, int status) const {
  const std::string responses = call.pointer + "/responses/";
  const auto exact = resolve(responses + std::to_string(status));
  // "default" describes errors; a success is promised by its number.
  return exact || status < 400 ? exact : resolve(responses + "default");
}

void ApiContract::read_parameters(const JsonValue& holder, ContractCall& call) const {
  const auto parameters = holder.find("parameters");
  if (!parameters) return;
  for (const JsonValue& entry : parameters->children()) {
    const auto parameter = resolve(entry.pointer());
    CAPTURE(entry.pointer());
    REQUIRE(parameter.has_value());
    const std::string name(*parameter->find("name")->string());
    const auto example = parameter->find("example");
    REQUIRE(example.has_value());
    const std::string value(example->string().value_or(example->source()));
    const std::string_view place = *parameter->find("in")->string();
    if (place == "query") {
      call.query.push_back({name, value, forbidden_by(*parameter->find("schema"))});
    } else if (place == "path") {
      const std::string hole = "{" + name + "}";
      call.target.replace(call.target.find(hole), hole.size(), value);
    }
  }
}

}  // namespace backplane::host
