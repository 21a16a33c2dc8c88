#pragma once

#include <string>

#include "host/json/json_value.hpp"

namespace backplane::host {

// [any] `value` without white space, in the order written, its numbers as they are spelled: for
// values that the host keeps or passes on and does not interpret.
std::string compact_json(const JsonValue& value);

}  // namespace backplane::host
