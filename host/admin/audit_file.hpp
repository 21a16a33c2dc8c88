#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "host/admin/audit_chain.hpp"
#include "host/base/result.hpp"
#include "host/base/status.hpp"
#include "host/plugin/file_descriptor.hpp"

namespace backplane::host {

// The file of the audit log, which only grows; a full one is put aside as audit-<number of its last
// line>.jsonl, and the next one goes on with the chain. Owned by an AuditLog; one thread at a time.
class AuditFile {
 public:
  // Blocks on the disk. Goes on behind the last line that is there, and drops what a crash left
  // behind it unfinished. kUnavailable "audit_failed": it cannot be opened, read or written.
  // kConflict "audit_broken": its end is no chain.
  static Result<AuditFile> open(const std::filesystem::path& path, std::uint64_t max_bytes);
  AuditFile(AuditFile&&) noexcept = default;

  // Writes one line, and with `durable` waits until it is on the disk. kUnavailable "audit_failed":
  // it is not there, and whether a later one can be written remains to be seen; after a failure
  // to reach the disk none can, because nobody knows what is there. kInsufficientStorage
  // "store_full": the disk is full.
  Status append(const AuditRecord& record, WallTime time, bool durable);

 private:
  AuditFile(std::filesystem::path path, std::uint64_t max_bytes)
      : path_(std::move(path)), max_bytes_(max_bytes) {}

  Status open_file();
  // Follows the chain to the end of the file; how many bytes behind it are no whole line.
  Result<std::uint64_t> follow_end();
  Status follow_former_file();
  Status rotate();
  Status write_line(const std::string& line);
  Error failure(const std::string& what) const;

  std::filesystem::path path_;
  std::uint64_t max_bytes_;
  FileDescriptor file_;
  AuditChain chain_;
  bool poisoned_ = false;
};

// The files of the log in `directory` that were put aside, the oldest first.
std::vector<std::filesystem::path> former_audit_files(const std::filesystem::path& directory);

}  // namespace backplane::host
