#pragma once

#include <filesystem>
#include <vector>

#include "host/config/listener_config.hpp"
#include "host/config/object_reader.hpp"

namespace backplane::host {

// [any] Reads the keys of one listener into `config`; what is absent or adds an error leaves what
// is there. The caller may read keys of its own from `reader`, and finishes it. Relative paths
// start at `folder`.
void read_listener(ObjectReader& reader, const std::filesystem::path& folder,
                   ListenerConfig& config, std::vector<Error>& errors);

}  // namespace backplane::host
