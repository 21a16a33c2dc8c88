#pragma once

#include <filesystem>
#include <vector>

#include "host/base/result.hpp"
#include "host/config/app_document.hpp"
#include "host/json/json_value.hpp"

namespace backplane::host {

// [any] Reads `{"backends": {tag: …}, "endpoints": {name: …}}` and checks it whole; adds every
// error, with its pointer, and returns what could be read.
AppDocument read_app_document(const JsonValue& root, const AppLimits& limits,
                              std::vector<Error>& errors);

// [any] The same from a file, which it blocks on. The error is the first one, with its place.
Result<AppDocument> load_app_document(const std::filesystem::path& path, const AppLimits& limits);

}  // namespace backplane::host
