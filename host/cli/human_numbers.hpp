#pragma once

#include <cstdint>
#include <string>

namespace backplane::host {

// "412 us", "12.3 ms", "1.23 s". Pure.
std::string human_microseconds(std::int64_t microseconds);
// "12 s", "3 min 5 s", "3 h 12 min", "2 d 3 h". Pure.
std::string human_seconds(std::int64_t seconds);

}  // namespace backplane::host
