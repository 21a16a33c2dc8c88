#pragma once

#include "host/config/listener_config.hpp"
#include "host/config/object_reader.hpp"

namespace backplane::host {

// [any] Reads the keys of one listener into `config`; what is absent or adds an error leaves what
// is there. The caller may read keys of its own from `reader`, and finishes it.
void read_listener(ObjectReader& reader, ListenerConfig& config);

}  // namespace backplane::host
