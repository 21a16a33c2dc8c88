#pragma once

#include <string>
#include <string_view>

#include "host/base/result.hpp"
#include "host/json/json_document.hpp"

namespace backplane::host {

// [any] The schema at `pointer` of an OpenAPI 3.0 document as JSON Schema's draft 4, which
// RapidJSON knows, says the same: a reference is replaced by what it names, `nullable` is one more
// type, `x-error-code` holds below its schema too, and what only people read is left out. Pure.
// kInvalidArgument: no schema there, a reference to nothing, or one that leads back to itself.
Result<std::string> expand_schema(const JsonDocument& document, std::string_view pointer);

}  // namespace backplane::host
