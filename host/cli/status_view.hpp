#pragma once

#include <string>

#include "host/json/json_value.hpp"

namespace backplane::host {

// What `GET /v1/status` answers, for people: the host in a few lines, its backends as a table.
// Pure.
std::string render_status(const JsonValue& answer);

}  // namespace backplane::host
