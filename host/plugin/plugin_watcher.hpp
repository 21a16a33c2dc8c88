#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/base/clock.hpp"
#include "host/base/error.hpp"
#include "host/base/mutex.hpp"
#include "host/base/result.hpp"
#include "host/base/thread.hpp"
#include "host/plugin/directory_alarm.hpp"
#include "host/plugin/plugin_directory.hpp"
#include "host/plugin/watched_files.hpp"

namespace backplane::host {

// A plugin whose file is new and finished.
struct SettledPlugin {
  std::string plugin;
  FileIdentity identity;
  std::string sha256;     // empty: it cannot be read, or is larger than a plugin may be
  bool at_start = false;  // it was so already when the watch began
};

// What one look at the plugin directory has shown.
struct WatchReport {
  std::vector<SettledPlugin> settled{};
  std::vector<std::string> removed{};  // plugins
  std::optional<Error> lost{};         // the directory cannot be read, or can no longer
};

// Looks after the plugin directory: at once when something happens there, and every now and then
// because one may not have heard of it. One thread, `bp-watch`, and one of Poco's to wake it.
// Owned by Host.
class PluginWatcher {
 public:
  // Called on bp-watch after each look, so at least every two seconds.
  using Tell = std::function<void(WatchReport)>;

  // [any] `settle`: how long a file that was renamed into place is left alone. The directory is
  // looked at every ten times that, and every two seconds at the least. kUnavailable: no thread.
  static Result<std::unique_ptr<PluginWatcher>> start(PluginDirectory directory,
                                                      std::chrono::milliseconds settle, Tell tell);
  // As stop().
  ~PluginWatcher();
  PluginWatcher(const PluginWatcher&) = delete;
  PluginWatcher& operator=(const PluginWatcher&) = delete;

  // [any but bp-watch] Nothing is told afterwards. Blocks, up to 200 ms and one file's reading.
  void stop();

 private:
  PluginWatcher(PluginDirectory directory, std::chrono::milliseconds settle, Tell tell);

  void run();
  // Blocks until it is time to look; false when it is time to end.
  bool wait();
  void look();
  // Sees to it that the alarm is for the directory as it is now; whether it is a new one.
  bool arm();
  void ring(const std::string& file, FileEvent event);
  // Nothing: it is not what it was any more.
  std::optional<SettledPlugin> read(const SettledFile& file) const;

  const PluginDirectory directory_;
  const Duration settle_;
  const Duration rescan_every_;
  const Tell tell_;
  WatchedFiles files_;                   // bp-watch only, as what follows
  TimePoint rescan_ = TimePoint::min();  // when to look at the latest
  bool lost_ = false;
  bool deaf_ = false;  // there is no alarm, which has been said
  Mutex mutex_;
  CondVar changed_;
  // The last one of each file, so that no storm makes it long.
  std::map<std::string, FileEvent> events_ BP_GUARDED_BY(mutex_);
  bool stopping_ BP_GUARDED_BY(mutex_) = false;
  std::unique_ptr<DirectoryAlarm> alarm_;  // bp-watch, too; behind what it rings for
  Thread thread_;                          // last: the rest is there as long as it runs
};

}  // namespace backplane::host
