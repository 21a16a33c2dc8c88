#pragma once

#include <cstdint>

namespace backplane::host {

// How attempts to change something are recorded. Plain values.
struct AuditConfig {
  bool required = true;  // what cannot be recorded is not done
  // A file that would grow beyond it is put aside, and the next one begins.
  std::uint64_t max_bytes = std::uint64_t{64} * 1024 * 1024;
};

}  // namespace backplane::host
