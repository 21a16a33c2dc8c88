#pragma once

#include <string>

#include "host/json/json_value.hpp"

namespace backplane::host {

// What `GET /v1/plugins` answers, as a table. Pure, as all of these.
std::string render_plugins(const JsonValue& answer);
// One plugin: its file, what is wrong with it, and what of it is loaded.
std::string render_plugin(const JsonValue& plugin);

}  // namespace backplane::host
