#pragma once

#include <vector>

#include "host/config/host_config.hpp"
#include "host/config/object_reader.hpp"

namespace backplane::host {

// Reads the section "admin" of a host configuration into `config`, and adds an error for each
// member that does not fit.
void read_admin(ObjectReader& root, HostConfig& config, std::vector<Error>& errors);

}  // namespace backplane::host
