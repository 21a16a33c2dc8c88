#include "tests/support/api_contract.hpp"

#include <algorithm>
#include <array>
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

bool is_method(std::string_view key) {
  return std::find(kMethods.begin(), kMethods.end(), key) != kMethods.end();
}

}  // namespace

ApiContract::ApiContract(std::string_view text) : document_(parsed(text)) {
  for (const JsonValue& path : document_.root().find("paths")->children()) {
    for (const JsonValue& operation : path.children()) {
      if (!is_method(operation.key())) continue;
      ContractCall call{.method = upper_case(operation.key()),
                        .path = std::string(path.key()),
                        .target = example_target(path, operation),
                        .body = {},
                        .pointer = operation.pointer()};
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

std::string ApiContract::example_target(const JsonValue& path, const JsonValue& operation) const {
  std::string target(path.key());
  for (const JsonValue& holder : {path, operation}) {
    const auto parameters = holder.find("parameters");
    if (!parameters) continue;
    for (const JsonValue& entry : parameters->children()) {
      const auto parameter = resolve(entry.pointer());
      REQUIRE(parameter.has_value());
      const std::string hole = "{" + std::string(*parameter->find("name")->string()) + "}";
      const std::size_t at = target.find(hole);
      if (at == std::string::npos) continue;
      const auto example = parameter->find("example");
      CAPTURE(target);
      REQUIRE(example.has_value());
      target.replace(at, hole.size(), example->string().value_or(example->source()));
    }
  }
  return target;
}

}  // namespace backplane::host
