#pragma once

#include <cstddef>
#include <cstdint>

namespace backplane::host {

// Scans `data` as a request head, whole and in two pieces, and reads target and framing from what
// comes out. Ends the process when the ways disagree or a part lies outside of the head.
void fuzz_head_scanner(const std::uint8_t* data, std::size_t size);

}  // namespace backplane::host
