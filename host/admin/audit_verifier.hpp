#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "host/base/result.hpp"

namespace backplane::host {

// What a chain that is whole consists of. A plain value.
struct AuditExtent {
  std::uint64_t lines = 0;
  std::uint64_t first = 0;  // their numbers
  std::uint64_t last = 0;
  // Of the last line: whoever has noted it elsewhere sees whether lines behind it are gone.
  std::string digest;
};

// [any] Follows the chain through the audit logs `files`, the oldest first. Blocks on the disk.
// kNotFound: a file that cannot be read.  kConflict "audit_broken": "FILE:LINE: what is wrong".
Result<AuditExtent> verify_audit(const std::vector<std::filesystem::path>& files);

}  // namespace backplane::host
