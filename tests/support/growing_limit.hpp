#pragma once

#include <chrono>

#include "tests/support/gate.hpp"

namespace backplane::host {

// For what has to be cut off in the middle: where the machine is busy, a short limit cuts it off
// before it gets there. Tries with `first`, twice that and so on until `gets_there` says yes, or
// kPatience is reached; the limit of the last try, for the caller to check what came of that.
template <typename Attempt>
std::chrono::milliseconds with_growing_limit(std::chrono::milliseconds first, Attempt gets_there) {
  std::chrono::milliseconds limit = first;
  while (!gets_there(limit) && limit < kPatience) limit *= 2;
  return limit;
}

}  // namespace backplane::host
