#pragma once

#include <memory>
#include <string_view>

#include "host/base/result.hpp"
#include "host/base/status.hpp"
#include "host/json/json_document.hpp"

namespace backplane::host {

// One schema of an OpenAPI 3.0 document, ready to judge values. Owned by whoever judges; one thread
// at a time, since RapidJSON's regular expressions keep notes in themselves while they match.
class JsonSchema {
 public:
  // Compiles the schema at `pointer` of `openapi`, which need not outlive this.
  // kInvalidArgument: as expand_schema says.
  static Result<JsonSchema> compile(const JsonDocument& openapi, std::string_view pointer);
  ~JsonSchema();
  JsonSchema(JsonSchema&& other) noexcept;
  JsonSchema& operator=(JsonSchema&& other) noexcept;

  // The first place of `value` that does not fit, as kInvalidArgument with its pointer: what was
  // found and what the schema wants. "unknown_field", "missing_field", or what the schema's
  // `x-error-code` says, and "invalid_argument" where it says nothing.
  Status check(const JsonValue& value) const;

 private:
  struct Compiled;  // RapidJSON's
  explicit JsonSchema(std::unique_ptr<const Compiled> compiled);

  std::unique_ptr<const Compiled> compiled_;
};

}  // namespace backplane::host
