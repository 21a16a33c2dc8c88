#include "host/plugin/artifact_directory.hpp"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "host/plugin/file_descriptor.hpp"
#include "host/plugin/plugin_directory.hpp"

namespace backplane::host {
namespace {

Error failed(const std::string& what, int error) {
  if (error == ENOSPC || error == EDQUOT) {
    return {ErrorCode::kInsufficientStorage, "store_full",
            what + ": " + std::generic_category().message(error)};
  }
  return {ErrorCode::kUnavailable, "artifact_failed",
          what + ": " + std::generic_category().message(error)};
}

Status sync(const std::string& path, int flags) {
  const FileDescriptor fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | flags));
  if (!fd.valid() || fsync(fd.get()) != 0) return failed("'" + path + "' cannot be kept", errno);
  return {};
}

Status write_new(const std::string& path, const void* bytes, std::size_t count) {
  const FileDescriptor fd(
      open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!fd.valid() || write(fd.get(), bytes, count) != static_cast<ssize_t>(count) ||
      fsync(fd.get()) != 0) {
    return failed("'" + path + "' cannot be written", errno);
  }
  return {};
}

}  // namespace

Result<ArtifactDirectory> ArtifactDirectory::open(const std::string& path) {
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(path, error);
  if (error) return failed("the artifact directory has no absolute path", error.value());
  if (mkdir(absolute.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    return failed("the artifact directory cannot be made", errno);
  }
  struct stat status {};
  if (lstat(absolute.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) ||
      status.st_uid != geteuid()) {
    return failed("'" + absolute.string() + "' is no directory of ours", EACCES);
  }
  if (chmod(absolute.c_str(), S_IRWXU) != 0) {
    return failed("the artifact directory cannot be made private", errno);
  }
  return ArtifactDirectory(absolute.string());
}

Status ArtifactDirectory::keep(const StagedFile& staged) const {
  const std::string path = path_of(staged.sha256());
  if (access(path.c_str(), F_OK) == 0) return {};
  if (staged.signature().ok()) {
    const PluginSignature& signature = staged.signature().value();
    Status written = write_new(path + ".sig", signature.data(), signature.size());
    if (!written.ok()) return written;
  }
  // A second name for the staged file: it is read-only, and whoever needs it again copies it. It is
  // synchronised first, so that what is found under the name is whole.
  Status synced = sync(staged.path(), O_NOFOLLOW);
  if (!synced.ok()) return synced;
  if (link(staged.path().c_str(), path.c_str()) != 0 && errno != EEXIST) {
    return failed("'" + path + "' cannot be made", errno);
  }
  return sync(path_, O_DIRECTORY);
}

Result<StagedFile> ArtifactDirectory::stage(const StagingDirectory& staging,
                                            const std::string& plugin, const std::string& sha256,
                                            std::uint64_t generation) const {
  const std::string path = path_of(sha256);
  DroppedFile kept{.fd = FileDescriptor(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC)),
                   .identity = {}};
  struct stat status {};
  if (!kept.fd.valid() || fstat(kept.fd.get(), &status) != 0) {
    if (errno == ENOENT) {
      return Error(ErrorCode::kNotFound, "artifact_missing",
                   "version " + sha256 + " of plugin '" + plugin + "' is not kept");
    }
    return failed("'" + path + "' cannot be read", errno);
  }
  kept.identity = FileIdentity::of(status);
  auto staged = staging.copy(kept, plugin + ".so", generation);
  if (!staged.ok()) return staged;
  if (staged.value().sha256() != sha256) {
    return Error(ErrorCode::kUnavailable, "artifact_corrupt",
                 "the kept copy of plugin '" + plugin + "' should have the SHA-256 " + sha256 +
                     " and has " + staged.value().sha256());
  }
  const PluginDirectory here(path_);
  staged.value().set_signature(here.read_signature(sha256 + ".so"));
  return staged;
}

void ArtifactDirectory::retain(const std::set<std::string>& wanted) const {
  std::error_code error;
  for (std::filesystem::directory_iterator it(path_, error), end; !error && it != end;
       it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (wanted.count(name.substr(0, name.find('.'))) > 0) continue;
    std::error_code ignored;
    std::filesystem::remove(it->path(), ignored);
  }
}

}  // namespace backplane::host
