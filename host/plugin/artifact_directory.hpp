#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "host/base/result.hpp"
#include "host/base/status.hpp"
#include "host/plugin/staged_file.hpp"
#include "host/plugin/staging_directory.hpp"

namespace backplane::host {

// The versions of plugins that the desired state names, each in a file that is called after its
// SHA-256. What was dropped may be overwritten or gone by the time that a version is wanted again:
// at the next start of the host, or for a rollback. Owned by control; one thread.
class ArtifactDirectory {
 public:
  // [loader] Makes `path`, whose parent exists, when it is not there; only our user may enter it.
  // kUnavailable "artifact_failed".
  static Result<ArtifactDirectory> open(const std::string& path);

  // [loader] Keeps the version that `staged` is a copy of, with its signature; on the disk when
  // this returns. One that is kept already is left alone. kUnavailable "artifact_failed",
  // kInsufficientStorage "store_full". Blocks.
  Status keep(const StagedFile& staged) const;

  // [loader] A staged copy of version `sha256` of `plugin`, under another path than any before.
  // kNotFound "artifact_missing": it is not kept; kUnavailable "artifact_corrupt": its file is not
  // what was kept; and what StagingDirectory::copy answers. Blocks.
  Result<StagedFile> stage(const StagingDirectory& staging, const std::string& plugin,
                           const std::string& sha256, std::uint64_t generation) const;

  // [loader] Removes every version but `wanted`. What cannot be removed stays. Blocks.
  void retain(const std::set<std::string>& wanted) const;

 private:
  explicit ArtifactDirectory(std::string path) : path_(std::move(path)) {}

  std::string path_of(const std::string& sha256) const { return path_ + "/" + sha256 + ".so"; }

  std::string path_;  // absolute
};

}  // namespace backplane::host
