#pragma once

#include <cstddef>
#include <cstdint>

namespace backplane::host {

// Decodes `data` as a chunked body, whole and in pieces of a size that the first byte chooses.
// Ends the process when the ways disagree or payload exceeds its limit.
void fuzz_chunk_decoder(const std::uint8_t* data, std::size_t size);

}  // namespace backplane::host
