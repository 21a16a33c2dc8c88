#pragma once

#include <filesystem>
#include <utility>

#include "host/base/result.hpp"
#include "host/plugin/file_descriptor.hpp"

namespace backplane::host {

// The directory where a host keeps what outlives it, held for this process alone. Owned by Host,
// before everything that lives in it; a value that can only be moved, constant.
class StateDirectory {
 public:
  // [main] Makes `path`, for our user only, when it is not there, and locks it until this object
  // goes or the process ends, however that happens. kConflict "lock_held": another host works
  // there, its process id is in the message.  kUnavailable "state_directory": it cannot be used.
  static Result<StateDirectory> open(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }

 private:
  StateDirectory(std::filesystem::path path, FileDescriptor lock)
      : path_(std::move(path)), lock_(std::move(lock)) {}

  std::filesystem::path path_;
  FileDescriptor lock_;
};

}  // namespace backplane::host
