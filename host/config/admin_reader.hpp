#pragma once

#include <filesystem>
#include <vector>

#include "host/config/host_config.hpp"
#include "host/config/object_reader.hpp"

namespace backplane::host {

// Reads the section "admin" of a host configuration into `config`, and adds an error for each
// member that does not fit. Relative paths start at `folder`.
void read_admin(ObjectReader& root, const std::filesystem::path& folder, HostConfig& config,
                std::vector<Error>& errors);

}  // namespace backplane::host
