#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "host/json/json_value.hpp"

namespace backplane::host {

// What the views read of an answer. A member that is not there, as answers of other versions may
// lack one, reads as empty or 0: a table with a hole says more than an error.

// The characters of a string, anything else as it is written, null as nothing.
std::string text_of(const JsonValue& value);
// The same of member `name`; of the member's member.
std::string text_at(const JsonValue& object, std::string_view name);
std::string text_at(const JsonValue& object, std::string_view outer, std::string_view inner);

std::int64_t count_at(const JsonValue& object, std::string_view name);
bool is_true_at(const JsonValue& object, std::string_view name);

// Every element of list `name`, with `between` between two.
std::string list_at(const JsonValue& object, std::string_view name, std::string_view between);
// Every member of object `name` as "a=0.7 b=0.3", the form in which commands take them.
std::string shares_at(const JsonValue& object, std::string_view name);

}  // namespace backplane::host
