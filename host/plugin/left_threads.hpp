#pragma once

#include <cstddef>

namespace backplane::host {

// [any] How many threads this process has.
std::size_t count_threads();

// [any] Whether there are more than `before`, after the time that one needs which was joined, or
// told to end. Blocks for as long as there are.
bool threads_are_left(std::size_t before);

}  // namespace backplane::host
