#pragma once

#include <cstdint>

namespace backplane::host {

// How much of a process there is, for whoever looks for what is not given back. A plain value.
struct ProcessSize {
  std::uint64_t resident = 0;     // bytes in memory, after the allocator gave back what it can
  std::uint64_t heap = 0;         // bytes that malloc has given out
  std::uint64_t mappings = 0;     // lines of /proc/self/maps
  std::uint64_t descriptors = 0;  // open ones

  // [any] Of this process. Slow: milliseconds.
  static ProcessSize now();
};

// False where a sanitizer's own memory would be all that is seen.
constexpr bool process_size_is_telling() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return false;
#else
  return true;
#endif
}

}  // namespace backplane::host
