#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace backplane::host {

// Length of the well-formed UTF-8 prefix of `text` (RFC 3629 section 4); its size when all of it
// is.
std::size_t utf8_prefix(std::string_view text);

bool is_utf8(std::string_view text);

// `text` with every byte that is not part of well-formed UTF-8 replaced by U+FFFD.
std::string to_utf8(std::string_view text);

}  // namespace backplane::host
