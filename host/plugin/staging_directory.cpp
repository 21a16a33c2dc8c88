#include "host/plugin/staging_directory.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <span>
#include <sys/file.h>
#include <system_error>
#include <utility>
#include <vector>

#include "host/base/thread.hpp"
#include "host/plugin/preflight_code.hpp"
#include "host/plugin/read_lease.hpp"
#include "host/plugin/sha256.hpp"

namespace backplane::host {
namespace {

constexpr std::uint64_t kMinSize = 64;

Error failed(const std::string& what, int error) {
  if (error == ENOSPC || error == EDQUOT) {
    return {ErrorCode::kInsufficientStorage, "store_full",
            what + ": " + std::generic_category().message(error)};
  }
  return {ErrorCode::kUnavailable, "staging_failed",
          what + ": " + std::generic_category().message(error)};
}

Status write_all(int fd, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("the staged copy cannot be written", errno);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

Error source_changed(const std::string& file) {
  return {ErrorCode::kConflict, "source_changed",
          "'" + file + "' changed while it was being copied"};
}

// Copies what the file had when it was opened, and gives its digest.
Result<std::string> copy_bytes(const DroppedFile& from, int to, const std::string& file) {
  Sha256 digest;
  std::vector<std::byte> buffer(std::size_t{64} << 10U);
  std::uint64_t copied = 0;
  while (copied <= from.identity.size) {
    const ssize_t count =
        pread(from.fd.get(), buffer.data(), buffer.size(), static_cast<off_t>(copied));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("'" + file + "' cannot be read", errno);
    if (count == 0) break;
    const auto bytes = std::span<const std::byte>(buffer).first(static_cast<std::size_t>(count));
    Status written = write_all(to, bytes);
    if (!written.ok()) return std::move(written).error();
    digest.update(bytes);
    copied += bytes.size();
    give_way();
  }
  struct stat after {};
  if (copied != from.identity.size || fstat(from.fd.get(), &after) != 0 ||
      FileIdentity::of(after) != from.identity) {
    return source_changed(file);
  }
  return digest.finish();
}

}  // namespace

Result<StagingDirectory> StagingDirectory::create(const std::string& path) {
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(path, error);
  if (error) return failed("the staging directory has no absolute path", error.value());
  if (mkdir(absolute.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    return failed("the staging directory cannot be made", errno);
  }
  FileDescriptor fd(open(absolute.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat status {};
  if (!fd.valid() || fstat(fd.get(), &status) != 0) {
    return failed("the staging directory cannot be opened", errno);
  }
  if (status.st_uid != geteuid()) {
    return failed("the staging directory belongs to another user", EACCES);
  }
  if (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    return Error(ErrorCode::kConflict, "staging_in_use",
                 "the staging directory is in use by another host");
  }
  if (fchmod(fd.get(), S_IRWXU) != 0) {
    return failed("the staging directory cannot be made private", errno);
  }
  for (std::filesystem::directory_iterator it(absolute, error), end; !error && it != end;
       it.increment(error)) {
    std::filesystem::remove_all(it->path(), error);
  }
  if (error) return failed("the staging directory cannot be emptied", error.value());
  return StagingDirectory(absolute.string(), std::move(fd));
}

Result<StagedFile> StagingDirectory::stage(const PluginDirectory& from, const std::string& file,
                                           std::uint64_t generation) const {
  auto dropped = from.open(file);
  if (!dropped.ok()) return std::move(dropped).error();
  auto staged = copy(dropped.value(), file, generation);
  if (!staged.ok()) return staged;
  staged.value().set_signature(from.read_signature(file));
  staged.value().set_source(dropped.value().identity);
  return staged;
}

Result<StagedFile> StagingDirectory::copy(const DroppedFile& from, const std::string& file,
                                          std::uint64_t generation) const {
  // First: a file that is being written may have any size.
  const ReadLease lease(from.fd.get());
  if (lease.has_writer()) {
    return Error(ErrorCode::kConflict, "source_busy", "'" + file + "' is open for writing");
  }
  const std::uint64_t size = from.identity.size;
  if (size < kMinSize || size > kMaxSize) {
    return refusal(PreflightCode::kBadSize, "'" + file + "' has " + std::to_string(size) +
                                                " bytes; a plugin has 64 bytes to 256 MiB");
  }
  const std::string stem = file.substr(0, file.size() - 3) + "." + std::to_string(generation) + ".";
  // The digest, which is part of the name, is known only at the end.
  const std::string incoming = path_ + "/" + stem + "incoming";
  FileDescriptor copied(open(incoming.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR));
  if (!copied.valid()) return failed("the staged copy cannot be made", errno);
  StagedFile partial(incoming, FileDescriptor(), size, {});  // removes it on every way out
  auto digest = copy_bytes(from, copied.get(), file);
  if (!digest.ok()) return std::move(digest).error();
  if (fchmod(copied.get(), S_IRUSR | S_IXUSR) != 0) {
    return failed("the staged copy cannot be made executable", errno);
  }
  copied.reset();
  const std::string path = path_ + "/" + stem + digest.value().substr(0, 12) + ".so";
  // A name that stood here before may still be known to the loader, which would not look again.
  if (renameat2(AT_FDCWD, incoming.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) != 0) {
    return failed("the staged copy cannot be named", errno);
  }
  FileDescriptor reading(open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  StagedFile staged(path, std::move(reading), size, std::move(digest).value());
  if (staged.fd() < 0) return failed("the staged copy cannot be opened", errno);
  return staged;
}

}  // namespace backplane::host
