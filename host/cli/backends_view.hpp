#pragma once

#include <string>

#include "host/json/json_value.hpp"

namespace backplane::host {

// What `GET /v1/backends` answers, as a table. Pure, as all of these.
std::string render_backends(const JsonValue& answer);
// One backend: what runs, its configuration, its counts.
std::string render_backend(const JsonValue& backend);

}  // namespace backplane::host
