#include "host/plugin/directory_alarm.hpp"

#include <fcntl.h>
#include <filesystem>
#include <map>
#include <string>
#include <sys/select.h>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "host/base/mutex.hpp"
#include "tests/unit/plugin/temporary_directory.hpp"

namespace backplane::host {
namespace {

// What an alarm has told. Thread-safe.
class Told {
 public:
  DirectoryAlarm::Ring ring() {
    return [this](const std::string& file, FileEvent event) {
      MutexLock lock(mutex_);
      events_[file] = event;
    };
  }
  std::map<std::string, FileEvent> events() {
    MutexLock lock(mutex_);
    return events_;
  }

 private:
  Mutex mutex_;
  std::map<std::string, FileEvent> events_ BP_GUARDED_BY(mutex_);
};

// Does `step` again and again until there are events of `file`: nobody knows when Poco begins.
template <typename Step>
bool rings(Told& told, const std::string& file, Step step) {
  const TimePoint deadline = Clock::now() + std::chrono::seconds(30);
  while (told.events().count(file) == 0) {
    if (Clock::now() > deadline) return false;
    step();
    std::this_thread::yield();
  }
  return true;
}

// Open descriptors that another program would inherit.
int inherited_watches() {
  int count = 0;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    const auto target = std::filesystem::read_symlink(entry.path(), ignored);
    const int fd = std::stoi(entry.path().filename());
    if (target == "anon_inode:inotify" && (fcntl(fd, F_GETFD) & FD_CLOEXEC) == 0) ++count;
  }
  return count;
}

}  // namespace

TEST_SUITE("plugin") {
  TEST_CASE("DirectoryAlarm: it tells renamed files from others, and of plugins only") {
    const TemporaryDirectory folder;
    Told told;
    const auto alarm = DirectoryAlarm::arm(folder.path(), told.ring());
    REQUIRE(alarm.ok());
    CHECK(inherited_watches() == 0);
    CHECK(rings(told, "a.so", [&] {
      folder.write(".hidden.so", "x");
      std::filesystem::rename(folder / ".hidden.so", folder / "a.so");
    }));
    CHECK(rings(told, "b.so", [&] { folder.write("b.so", "x"); }));
    CHECK(told.events() == std::map<std::string, FileEvent>{{"a.so", FileEvent::kRenamed},
                                                            {"b.so", FileEvent::kTouched}});
  }

  TEST_CASE("DirectoryAlarm: with too many descriptors open there is none") {
    const TemporaryDirectory folder;
    std::vector<FileDescriptor> many;
    many.reserve(FD_SETSIZE);
    for (int i = 0; i < FD_SETSIZE - 256; ++i) many.emplace_back(open("/dev/null", O_CLOEXEC));
    Told told;
    CHECK(DirectoryAlarm::arm(folder.path(), told.ring()).error().reason() == "watch_failed");
    many.clear();
    CHECK(DirectoryAlarm::arm(folder.path(), told.ring()).ok());
  }

  TEST_CASE("DirectoryAlarm: it knows its directory from another one at the same path") {
    const TemporaryDirectory folder;
    const std::string path = folder / "plugins";
    Told told;
    CHECK(DirectoryAlarm::arm(path, told.ring()).error().reason() == "plugin_directory");
    std::filesystem::create_directory(path);
    const auto alarm = DirectoryAlarm::arm(path, told.ring());
    REQUIRE(alarm.ok());
    CHECK(alarm.value()->is_armed_for(path));
    std::filesystem::remove(path);
    CHECK_FALSE(alarm.value()->is_armed_for(path));
    // The kernel likes to give the number of the last one to the next one.
    std::filesystem::create_directory(path);
    CHECK_FALSE(alarm.value()->is_armed_for(path));
  }
}

}  // namespace backplane::host
