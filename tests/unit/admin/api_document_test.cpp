#include "host/admin/api_document.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "host/admin/admin_routes.hpp"
#include "host/json/json_reader.hpp"

namespace backplane::host {
namespace {

JsonDocument read(std::string_view text) {
  auto document = parse_json(text);
  CAPTURE(text);
  REQUIRE(document.ok());
  return std::move(document).value();
}

// Every call that the document has, as the table writes it.
std::set<std::string> documented_calls() {
  const std::set<std::string> methods{"get", "put", "post", "patch", "delete"};
  std::set<std::string> calls;
  const JsonDocument document = read(ApiDocument::text());
  for (const JsonValue& path : document.root().find("paths")->children()) {
    std::string shape(path.key());
    const std::size_t hole = shape.find('{');
    if (hole != std::string::npos) shape.erase(hole + 1, shape.find('}') - hole - 1);
    for (const JsonValue& operation : path.children()) {
      std::string method(operation.key());
      if (methods.count(method) == 0) continue;
      std::transform(method.begin(), method.end(), method.begin(),
                     [](char c) { return static_cast<char>(c - 'a' + 'A'); });
      const auto role = operation.find("x-role");
      CAPTURE(operation.pointer());
      REQUIRE(role.has_value());
      calls.insert(method.append(" ").append(shape).append(" ").append(*role->string()));
    }
  }
  return calls;
}

Error refusal(std::string_view method, std::string_view path, std::string_view body) {
  const ApiDocument api;
  Status status = api.check_body(method, path, read(body).root());
  CAPTURE(body);
  REQUIRE_FALSE(status.ok());
  return std::move(status).error();
}

TEST_SUITE("admin") {
  TEST_CASE("ApiDocument: it has every call of the table with its role, and no other") {
    const std::vector<std::string> table = admin_calls();
    CHECK(documented_calls() == std::set<std::string>(table.begin(), table.end()));
  }

  TEST_CASE("ApiDocument: a body is judged by the schema of its call") {
    CHECK(refusal("PUT", "/v1/endpoints/{}/traffic", R"({"a":true})").reason() ==
          "invalid_weights");
    const Error size = refusal("PUT", "/v1/backends/{}",
                               R"({"plugin":"a","handler":"b","config":{"max_batch_size":1025}})");
    CHECK(size.reason() == "invalid_argument");
    CHECK(size.pointer() == "/config/max_batch_size");
    CHECK(size.message() == "found 1025 for 'max_batch_size', wanted an integer from 1 to 1024");
    CHECK(refusal("PUT", "/v1/backends/{}", "{}").reason() == "missing_field");
    CHECK(refusal("PUT", "/v1/endpoints/{}", R"({"rout":"/a"})").reason() == "unknown_field");
  }

  TEST_CASE("ApiDocument: what has no schema is not judged") {
    const ApiDocument api;
    CHECK(api.check_body("GET", "/v1/status", read("5").root()).ok());
  }
}

}  // namespace
}  // namespace backplane::host
