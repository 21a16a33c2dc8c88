#pragma once

#include <string>
#include <string_view>

#include "host/base/error.hpp"

namespace backplane::host {

// [any] The error for a dlopen that failed with `text` (what dlerror said) for the library at
// `path`: "plugin_symbol" when a symbol is defined nowhere, "plugin_dependency" when a library or
// a version of one is missing, "plugin_load_failed" otherwise. Names no folder of this machine.
Error load_failure(std::string_view text, std::string_view path);

}  // namespace backplane::host
