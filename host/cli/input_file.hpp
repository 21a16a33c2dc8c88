#pragma once

#include <cstddef>
#include <string>

#include "host/base/result.hpp"

namespace backplane::host {

// [main] What is in the file `path`, or on standard input where it is "-". Blocks on it.
// kNotFound "no_such_file"; kInvalidArgument "unreadable_file": it cannot be read, or holds more
// than `largest` bytes.
Result<std::string> read_input_file(const std::string& path, std::size_t largest);

}  // namespace backplane::host
