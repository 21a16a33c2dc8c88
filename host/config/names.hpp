#pragma once

#include <string_view>

#include "host/base/status.hpp"

namespace backplane::host {

// [any] The name of an endpoint, the tag of a backend: `[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?`.
// `what` says in the message what was to be named. kMalformed "bad_name".
Status check_name(std::string_view what, std::string_view name);

// [any] The name of a plugin, the stem of its file: `[a-z0-9][a-z0-9_.-]{0,63}`, which no path and
// no hidden file is. kMalformed "bad_plugin_name".
Status check_plugin_name(std::string_view name);

// [any] The name of a handler inside its plugin: `[a-z0-9_.-]{1,64}`. kMalformed "bad_name".
Status check_handler_name(std::string_view name);

}  // namespace backplane::host
