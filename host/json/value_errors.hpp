#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "host/base/error.hpp"
#include "host/json/json_value.hpp"

namespace backplane::host {

// What is said, everywhere in the same words, of a value that does not fit. Each is
// kInvalidArgument with the pointer of its place. Pure; any thread.

// "found X for 'key', wanted Y".
Error unfit_value(const JsonValue& value, std::string_view wanted);
// "missing_field" at `object`, which has no `key`.
Error missing_member(const JsonValue& object, std::string_view key);
// "unknown_field" at `member`, with the known key that it is probably meant to be.
Error unknown_member(const JsonValue& member, const std::vector<std::string_view>& known);

// The words with commas between them.
std::string listed(const std::vector<std::string_view>& words);

}  // namespace backplane::host
