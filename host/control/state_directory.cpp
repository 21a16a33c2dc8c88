#include "host/control/state_directory.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include "host/control/sync_directory.hpp"

namespace backplane::host {
namespace {

Error unusable(const std::filesystem::path& path, const std::string& why) {
  return {ErrorCode::kUnavailable, "state_directory",
          "state directory '" + path.string() + "' " + why};
}

Status make(const std::filesystem::path& path) {
  std::error_code failure;
  // "state/" has no name of its own, but the directory "state".
  const std::filesystem::path named = path.has_filename() ? path : path.parent_path();
  const std::filesystem::path parent = std::filesystem::absolute(named, failure).parent_path();
  if (!failure) std::filesystem::create_directories(parent, failure);
  if (!failure && mkdir(named.c_str(), S_IRWXU) == 0) return sync_directory(parent);
  if (!failure && std::filesystem::is_directory(named, failure)) return {};
  const std::string why = failure ? failure.message() : "something else has its name";
  return unusable(path, "cannot be made: " + why);
}

constexpr std::size_t kPidWidth = 16;

// Whoever holds the lock wrote its process id.
Error held(const std::filesystem::path& path, int lock) {
  std::string holder(kPidWidth, '\0');
  const ssize_t count = pread(lock, holder.data(), holder.size(), 0);
  holder.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
  holder.resize(std::min(holder.size(), holder.find_first_not_of("0123456789")));
  return {ErrorCode::kConflict, "lock_held",
          "state directory '" + path.string() + "' is in use by the host with process id " +
              (holder.empty() ? "(unknown)" : holder)};
}

// In place and of one width: where it stood before it needs no room on a disk that is full, and
// being missing costs a word in a message.
void write_pid(int lock) {
  std::string pid = std::to_string(getpid());
  pid.resize(kPidWidth - 1, ' ');
  pid += '\n';
  static_cast<void>(pwrite(lock, pid.data(), pid.size(), 0));
}

}  // namespace

Result<StateDirectory> StateDirectory::open(const std::filesystem::path& path) {
  Status made = make(path);
  if (!made.ok()) return std::move(made).error();
  const std::filesystem::path file = path / "lock";
  FileDescriptor lock(
      ::open(file.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
  // The kernel lets go of the lock when the process ends, so no crash leaves one behind.
  if (lock.valid() && flock(lock.get(), LOCK_EX | LOCK_NB) == 0) {
    write_pid(lock.get());
    return StateDirectory(path, std::move(lock));
  }
  if (lock.valid() && errno == EWOULDBLOCK) return held(path, lock.get());
  return unusable(path, "cannot be locked: " + std::generic_category().message(errno));
}

}  // namespace backplane::host
