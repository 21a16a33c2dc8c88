#include "host/control/sync_directory.hpp"

#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

#include "host/plugin/file_descriptor.hpp"

namespace backplane::host {

Status sync_directory(const std::filesystem::path& directory) {
  const FileDescriptor fd(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.valid() && fsync(fd.get()) == 0) return {};
  return Error(ErrorCode::kUnavailable, "state_directory",
               "directory '" + directory.string() +
                   "' cannot be synchronised: " + std::generic_category().message(errno));
}

}  // namespace backplane::host
