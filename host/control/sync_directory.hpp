#pragma once

#include <filesystem>

#include "host/base/status.hpp"

namespace backplane::host {

// [control] Makes the names in `directory` durable: a file that was made or renamed there is found
// after a loss of power. Blocks on the disk. kUnavailable "state_directory".
Status sync_directory(const std::filesystem::path& directory);

}  // namespace backplane::host
