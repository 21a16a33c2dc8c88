#pragma once

#include <optional>
#include <string>

#include "host/config/object_reader.hpp"

namespace backplane::host {

// The required key "sha256": 64 hexadecimal digits, in lower case whatever was written (sha256sum
// prints those, other tools capitals). Nothing where it is missing or wrong, which has been said.
std::optional<std::string> read_sha256(ObjectReader& reader);

}  // namespace backplane::host
