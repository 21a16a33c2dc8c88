#pragma once

#include <cstdint>
#include <ctime>
#include <map>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <vector>

#include "host/base/result.hpp"
#include "host/base/status.hpp"
#include "host/plugin/file_descriptor.hpp"
#include "host/plugin/plugin_signature.hpp"

namespace backplane::host {

// What tells one state of a file from another. A plain value.
struct FileIdentity {
  dev_t device = 0;
  ino_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;  // since the epoch
  std::int64_t changed_ns = 0;   // since the epoch

  static FileIdentity of(const struct stat& status);
  bool operator==(const FileIdentity& other) const = default;
};

// A file of the plugin directory, open for reading; a regular file when it was opened.
struct DroppedFile {
  FileDescriptor fd;
  FileIdentity identity;
};

// What the files of a directory are at one moment, by name.
using FileScan = std::map<std::string, FileIdentity>;

// True for [a-z0-9][a-z0-9_.-]{0,63}.so. The part before ".so" is the plugin's name in the host.
bool is_plugin_file_name(std::string_view file);
// True for what a scan looks at: *.so that is not hidden.
bool is_plugin_candidate(std::string_view file);

// The directory where plugins are dropped: opens files by name, never by path. Owned by whoever
// stages or lists; has no state but its path, which may be removed and made again. Any thread.
class PluginDirectory {
 public:
  explicit PluginDirectory(std::string path) : path_(std::move(path)) {}

  const std::string& path() const { return path_; }

  // [control] Names of all candidates, sorted. kUnavailable "plugin_directory": cannot be read.
  // Blocks on the disk.
  Result<std::vector<std::string>> candidates() const;

  // [control] What every file that may be a plugin is now, or the link of that name; none is
  // opened. As candidates().
  Result<FileScan> scan() const;

  // [control] Opens `file` without following links and without waiting for whoever feeds a FIFO.
  // kMalformed "bad_plugin_name"; kInvalidArgument "plugin_not_found", "not_regular_file";
  // kForbidden "plugin_permissions" (it, its directory or one above that belongs to others or may
  // be written by them, see check_permissions; or it is linked twice); kConflict "source_changed":
  // it left the directory while it was opened.
  Result<DroppedFile> open(const std::string& file) const;

  // [control] The content of `<file>.sig`, opened with the same care. kForbidden "bad_signature":
  // there is no such file, it could not be trusted, or it has another size. Blocks on the disk.
  Result<PluginSignature> read_signature(const std::string& file) const;

 private:
  Result<FileDescriptor> open_directory() const;
  // `file` is one component of a path.
  Result<DroppedFile> open_component(const std::string& file) const;

  std::string path_;
};

}  // namespace backplane::host
