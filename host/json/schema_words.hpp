#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "host/json/json_value.hpp"

namespace backplane::host {

// What an expanded schema (schema_expansion.hpp) asks for, in words for whoever sent something
// else. Pure; any thread.

// "an integer from 1 to 1024", "one of a, b", "a string of at most 63 characters or null".
std::string wanted_by(const JsonValue& schema);

// The names of an object's members that `schema` knows, but "$comment", which is known everywhere.
std::vector<std::string_view> known_members(const JsonValue& schema);

}  // namespace backplane::host
