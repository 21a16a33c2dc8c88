#pragma once

#include <array>
#include <cstdint>

namespace backplane::host {

// An Ed25519 signature over the 32 bytes of a plugin file's SHA-256.
using PluginSignature = std::array<std::uint8_t, 64>;

}  // namespace backplane::host
