#include "host/plugin/plugin_directory.hpp"

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <memory>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "host/plugin/byte_source.hpp"
#include "host/plugin/plugin_permissions.hpp"
#include "host/plugin/plugin_text.hpp"
#include "host/plugin/preflight_code.hpp"

namespace backplane::host {
namespace {

constexpr std::string_view kSuffix = ".so";
constexpr int kFlags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

std::string error_text(int error) {
  return std::generic_category().message(error);
}

int open_beneath(int directory, const char* file) {
  open_how how{};
  how.flags = kFlags;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  const long fd = syscall(SYS_openat2, directory, file, &how, sizeof how);
  if (fd >= 0 || (errno != ENOSYS && errno != EPERM)) return static_cast<int>(fd);
  // Some containers forbid the call. `file` is one component, so this is as safe.
  return openat(directory, file, kFlags | O_NOFOLLOW);
}

std::string kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "a directory";
  if (S_ISFIFO(mode)) return "a FIFO";
  if (S_ISSOCK(mode)) return "a socket";
  if (S_ISLNK(mode)) return "a symbolic link";
  return "a device";
}

Error not_regular(const std::string& file, const std::string& kind) {
  return refusal(PreflightCode::kNotRegularFile,
                 "'" + file + "' is " + kind + ", not a regular file");
}

Error open_error(int directory, const std::string& file, int error) {
  struct stat status {};
  if (error != ENOENT && fstatat(directory, file.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
      !S_ISREG(status.st_mode)) {
    return not_regular(file, kind_of(status.st_mode));
  }
  if (error == ENOENT) {
    return {ErrorCode::kInvalidArgument, "plugin_not_found",
            "there is no file '" + file + "' in the plugin directory"};
  }
  return {ErrorCode::kForbidden, "plugin_permissions",
          "'" + file + "' cannot be opened: " + error_text(error)};
}

// Whoever can write at one of these places can run code in this process.
Status check_place(const std::string& what, PluginPlace place, const struct stat& status) {
  return check_permissions(what, place, {.owner = status.st_uid, .mode = status.st_mode},
                           geteuid());
}

}  // namespace

FileIdentity FileIdentity::of(const struct stat& status) {
  return {status.st_dev, status.st_ino, static_cast<std::uint64_t>(status.st_size),
          nanoseconds(status.st_mtim), nanoseconds(status.st_ctim)};
}

bool is_plugin_candidate(std::string_view file) {
  return file.size() > kSuffix.size() && file.front() != '.' && file.ends_with(kSuffix);
}

bool is_plugin_file_name(std::string_view file) {
  if (!is_plugin_candidate(file)) return false;
  const std::string_view name = file.substr(0, file.size() - kSuffix.size());
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return name.size() <= 64 && is_letter(name.front()) &&
         std::all_of(name.begin(), name.end(), [is_letter](char c) {
           return is_letter(c) || c == '_' || c == '.' || c == '-';
         });
}

Result<FileDescriptor> PluginDirectory::open_directory() const {
  FileDescriptor directory(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.valid()) {
    return Error(ErrorCode::kUnavailable, "plugin_directory",
                 "the plugin directory cannot be opened: " + error_text(errno));
  }
  return directory;
}

Result<std::vector<std::string>> PluginDirectory::candidates() const {
  auto directory = open_directory();
  if (!directory.ok()) return std::move(directory).error();
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(fdopendir(directory.value().release()),
                                                   closedir);
  std::vector<std::string> files;
  if (stream == nullptr) return files;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): the stream is this call's own.
  while (const dirent* entry = readdir(stream.get())) {
    if (is_plugin_candidate(entry->d_name)) files.emplace_back(entry->d_name);
  }
  std::sort(files.begin(), files.end());
  return files;
}

Result<FileScan> PluginDirectory::scan() const {
  auto files = candidates();
  if (!files.ok()) return std::move(files).error();
  auto directory = open_directory();
  if (!directory.ok()) return std::move(directory).error();
  FileScan found;
  for (const std::string& file : files.value()) {
    struct stat status {};
    if (!is_plugin_file_name(file)) continue;
    // One that has gone meanwhile is not there.
    if (fstatat(directory.value().get(), file.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
    found.emplace(file, FileIdentity::of(status));
  }
  return found;
}

Result<DroppedFile> PluginDirectory::open(const std::string& file) const {
  if (!is_plugin_file_name(file)) {
    return Error(ErrorCode::kMalformed, "bad_plugin_name",
                 "'" + printable(file, 80) +
                     "' does not name a plugin file: [a-z0-9][a-z0-9_.-]{0,63}.so is wanted");
  }
  return open_component(file);
}

Result<PluginSignature> PluginDirectory::read_signature(const std::string& file) const {
  const auto bad = [](const std::string& what) {
    return refusal(PreflightCode::kBadSignature, what);
  };
  if (!is_plugin_file_name(file)) return bad("no plugin file can have this name");
  const std::string name = file + ".sig";
  auto opened = open_component(name);
  if (!opened.ok()) return bad(opened.error().message());
  PluginSignature signature{};
  const std::uint64_t size = opened.value().identity.size;
  if (size != signature.size()) {
    return bad("'" + name + "' has " + std::to_string(size) + " bytes; a signature has 64");
  }
  const ByteSource bytes(opened.value().fd.get(), size);
  if (!bytes.read_object(0, signature)) return bad("'" + name + "' cannot be read");
  return signature;
}

Result<DroppedFile> PluginDirectory::open_component(const std::string& file) const {
  auto directory = open_directory();
  if (!directory.ok()) return std::move(directory).error();
  DroppedFile dropped;
  dropped.fd = FileDescriptor(open_beneath(directory.value().get(), file.c_str()));
  if (!dropped.fd.valid()) return open_error(directory.value().get(), file, errno);
  struct stat folder {};
  struct stat status {};
  if (fstat(directory.value().get(), &folder) != 0 || fstat(dropped.fd.get(), &status) != 0) {
    return open_error(directory.value().get(), file, errno);
  }
  if (!S_ISREG(status.st_mode)) return not_regular(file, kind_of(status.st_mode));
  Status permitted = check_place("the plugin directory", PluginPlace::kDirectory, folder);
  if (permitted.ok()) permitted = check_parents(directory.value().get(), geteuid());
  if (permitted.ok()) permitted = check_place("'" + file + "'", PluginPlace::kFile, status);
  if (!permitted.ok()) return std::move(permitted).error();
  if (status.st_nlink == 0) {
    return Error(ErrorCode::kConflict, "source_changed",
                 "'" + file + "' was replaced or removed while it was being opened");
  }
  if (status.st_nlink != 1) {
    return Error(ErrorCode::kForbidden, "plugin_permissions",
                 "'" + file + "' has " + std::to_string(status.st_nlink) + " hard links, not one");
  }
  dropped.identity = FileIdentity::of(status);
  return dropped;
}

}  // namespace backplane::host
