#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "host/config/object_reader.hpp"

namespace backplane::host {

// The path that `key` holds, from `folder` where it is relative; nothing where the key is absent
// or, which has been said then, no path.
std::optional<std::filesystem::path> read_path(ObjectReader& reader, std::string_view key,
                                               const std::filesystem::path& folder);

}  // namespace backplane::host
