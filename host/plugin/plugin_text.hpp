#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace backplane::host {

// What a plugin file says of itself reaches terminals, logs and answers: `text` cut to `limit`
// bytes, with everything but visible ASCII and blanks replaced by '?'.
std::string printable(std::string_view text, std::size_t limit = 160);

}  // namespace backplane::host
