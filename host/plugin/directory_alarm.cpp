#include "host/plugin/directory_alarm.hpp"

#include <array>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <string_view>
#include <sys/select.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <Poco/Delegate.h>
#include <Poco/DirectoryWatcher.h>
#include <Poco/Exception.h>
#include <Poco/File.h>

#include "host/base/log.hpp"

namespace backplane::host {
namespace {

// Poco waits with select(), which writes beyond its end for a descriptor of a higher number. Many
// may be opened between our look at the numbers and Poco's turn.
constexpr int kHighestDescriptor = FD_SETSIZE - 256;

Error failed(const std::string& why) {
  return {ErrorCode::kUnavailable, "watch_failed",
          "the plugin directory cannot be watched: " + why};
}

// Poco makes its descriptor without close-on-exec, and a probe child has no use for it. No other
// part of the process has one of this kind.
void close_watches_on_exec() {
  const std::unique_ptr<DIR, int (*)(DIR*)> descriptors(opendir("/proc/self/fd"), closedir);
  if (descriptors == nullptr) return;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): the stream is this call's own.
  while (const dirent* entry = readdir(descriptors.get())) {
    std::array<char, 32> target;
    const ssize_t length =
        readlinkat(dirfd(descriptors.get()), entry->d_name, target.data(), target.size());
    if (length <= 0) continue;
    const std::string_view kind(target.data(), static_cast<std::size_t>(length));
    if (kind != "anon_inode:inotify") continue;
    fcntl(std::stoi(entry->d_name), F_SETFD, FD_CLOEXEC);
  }
}

}  // namespace

// What Poco calls, and the watcher that does. Owned by one DirectoryAlarm.
class DirectoryAlarm::Listener {
 public:
  // Throws what Poco does.
  Listener(const std::string& path, Ring ring) : ring_(std::move(ring)), watcher_(path) {
    watcher_.itemMovedTo += Poco::delegate(this, &Listener::on_renamed);
    watcher_.itemMovedFrom += Poco::delegate(this, &Listener::on_touched);
    watcher_.itemAdded += Poco::delegate(this, &Listener::on_touched);
    watcher_.itemModified += Poco::delegate(this, &Listener::on_touched);
    watcher_.itemRemoved += Poco::delegate(this, &Listener::on_touched);
    watcher_.scanError += Poco::delegate(this, &Listener::on_error);
  }

 private:
  using Event = Poco::DirectoryWatcher::DirectoryEvent;

  void on_renamed(const Event& event) { ring(event, FileEvent::kRenamed); }
  void on_touched(const Event& event) { ring(event, FileEvent::kTouched); }
  void on_error(const Poco::Exception& error) {
    log_warning("plugin", failed(error.displayText()).message());
  }

  void ring(const Event& event, FileEvent kind) const {
    const std::string& path = event.item.path();
    const std::string file = path.substr(path.rfind('/') + 1);
    if (is_plugin_file_name(file)) ring_(file, kind);
  }

  const Ring ring_;
  Poco::DirectoryWatcher watcher_;  // last: its thread uses the rest
};

Result<std::unique_ptr<DirectoryAlarm>> DirectoryAlarm::arm(const std::string& path, Ring ring) {
  FileDescriptor directory(open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!directory.valid()) {
    return Error(ErrorCode::kUnavailable, "plugin_directory", "the plugin directory is not there");
  }
  if (directory.get() > kHighestDescriptor) return failed("too many descriptors are open");
  std::unique_ptr<Listener> listener;
  try {
    listener = std::make_unique<Listener>(path, std::move(ring));
  } catch (const Poco::Exception& error) {
    return failed(error.displayText());
  }
  close_watches_on_exec();
  std::unique_ptr<DirectoryAlarm> alarm(
      new DirectoryAlarm(std::move(directory), std::move(listener)));
  // Whichever directory Poco has found there is this one.
  if (!alarm->is_armed_for(path)) return failed("it has just been replaced");
  return alarm;
}

DirectoryAlarm::DirectoryAlarm(FileDescriptor directory, std::unique_ptr<Listener> listener)
    : directory_(std::move(directory)), listener_(std::move(listener)) {}

DirectoryAlarm::~DirectoryAlarm() = default;

bool DirectoryAlarm::is_armed_for(const std::string& path) const {
  struct stat armed {};
  struct stat present {};
  return fstat(directory_.get(), &armed) == 0 && stat(path.c_str(), &present) == 0 &&
         armed.st_dev == present.st_dev && armed.st_ino == present.st_ino;
}

}  // namespace backplane::host
