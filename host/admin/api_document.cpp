#include "host/admin/api_document.hpp"

#include <cassert>
#include <utility>

#include "host/json/json_reader.hpp"

namespace backplane::host {
namespace {

// "put" and "/v1/endpoints/{name}" as the table of calls has them: "PUT /v1/endpoints/{}".
std::string call_of(std::string_view method, std::string_view path) {
  std::string call(method);
  for (char& c : call) c = static_cast<char>(c & ~0x20);  // the document has lower-case letters
  call += ' ';
  bool in_name = false;
  for (const char c : path) {
    if (c == '}') in_name = false;
    if (!in_name) call += c;
    if (c == '{') in_name = true;
  }
  return call;
}

}  // namespace

ApiDocument::ApiDocument() {
  constexpr std::string_view kBody = "/requestBody/content/application~1json/schema";
  const auto document = parse_json(text());
  assert(document.ok());
  for (const JsonValue& path : document.value().root().find("paths")->children()) {
    for (const JsonValue& operation : path.children()) {
      const std::string place = operation.pointer().append(kBody);
      if (!document.value().find(place)) continue;
      auto schema = JsonSchema::compile(document.value(), place);
      bodies_.emplace(call_of(operation.key(), path.key()), std::move(schema).value());
    }
  }
}

Status ApiDocument::check_body(std::string_view method, std::string_view path,
                               const JsonValue& body) const {
  const auto schema = bodies_.find(std::string(method).append(" ").append(path));
  return schema == bodies_.end() ? Status() : schema->second.check(body);
}

}  // namespace backplane::host
