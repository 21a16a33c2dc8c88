#pragma once

#include <cstdint>
#include <string>

#include "host/base/result.hpp"
#include "host/plugin/file_descriptor.hpp"
#include "host/plugin/plugin_directory.hpp"
#include "host/plugin/staged_file.hpp"

namespace backplane::host {

// The private directory that plugins are copied to before they are judged and loaded: what was
// dropped may be overwritten at any time, which would kill a process that has it mapped. Owned by
// control; one thread. Outlives none of the files it made: they know their own paths.
class StagingDirectory {
 public:
  // The largest file that is copied.
  static constexpr std::uint64_t kMaxSize = std::uint64_t{256} << 20U;

  // [control] Makes `path` (whose parent exists), or empties it of what an earlier process left;
  // only our user may enter it. kConflict "staging_in_use": another host works there.
  // kInsufficientStorage "store_full"; kUnavailable "staging_failed": the system refuses.
  static Result<StagingDirectory> create(const std::string& path);

  // [control] Copies `file` of `from`, hashing on the way, and takes its signature. `generation`
  // must differ from call to call for one file. Refuses as PluginDirectory::open does;
  // kInvalidArgument "bad_size"; kConflict "source_changed": it was written meanwhile;
  // "source_busy": somebody has it open for writing;
  // kInsufficientStorage "store_full": the disk is; kUnavailable "staging_failed". Blocks on the
  // disk; nothing stays on failure.
  Result<StagedFile> stage(const PluginDirectory& from, const std::string& file,
                           std::uint64_t generation) const;

  // [control] The same for a file that is open already and is called `file`. The copy has no
  // signature yet.
  Result<StagedFile> copy(const DroppedFile& from, const std::string& file,
                          std::uint64_t generation) const;

  const std::string& path() const { return path_; }  // absolute

 private:
  StagingDirectory(std::string path, FileDescriptor fd)
      : path_(std::move(path)), fd_(std::move(fd)) {}

  std::string path_;
  FileDescriptor fd_;  // also holds the lock that keeps other hosts out
};

}  // namespace backplane::host
