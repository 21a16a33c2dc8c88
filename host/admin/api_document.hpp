#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "host/base/status.hpp"
#include "host/json/json_schema.hpp"
#include "host/json/json_value.hpp"

namespace backplane::host {

// The OpenAPI document of the admin API, as the judge of what is sent to it. Owned by one
// AdminRouter; its io thread only.
class ApiDocument {
 public:
  // The document as it is served: openapi.json, built into the program.
  static std::string_view text();

  // Compiles the schema of every body that the document describes.
  ApiDocument();

  // What the schema of `method path`, a path as in the table of calls, says of `body`:
  // kInvalidArgument with the code that the document promises. What a schema cannot say, such as
  // that weights sum to 1, is for the readers of config.
  Status check_body(std::string_view method, std::string_view path, const JsonValue& body) const;

 private:
  std::map<std::string, JsonSchema, std::less<>> bodies_;  // by "PUT /v1/endpoints/{}"
};

}  // namespace backplane::host
