#pragma once

#include <string>

#include "host/json/json_value.hpp"

namespace backplane::host {

// What `GET /v1/history` answers, as a table, the newest revision first. Pure, as all of these.
std::string render_history(const JsonValue& answer);
// One revision and all that it changed.
std::string render_revision(const JsonValue& entry);

}  // namespace backplane::host
