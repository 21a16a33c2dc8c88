#include "host/plugin/plugin_watcher.hpp"

#include <algorithm>
#include <utility>

#include "host/base/log.hpp"
#include "host/plugin/sha256.hpp"
#include "host/plugin/staging_directory.hpp"

namespace backplane::host {
namespace {

// How often to look, at the least, without having heard anything.
constexpr std::chrono::seconds kRescan{2};

std::string plugin_of(const std::string& file) {
  return file.substr(0, file.size() - 3);  // without ".so"
}

}  // namespace

Result<std::unique_ptr<PluginWatcher>> PluginWatcher::start(PluginDirectory directory,
                                                            std::chrono::milliseconds settle,
                                                            Tell tell) {
  std::unique_ptr<PluginWatcher> watcher(
      new PluginWatcher(std::move(directory), settle, std::move(tell)));
  auto thread =
      Thread::start("bp-watch", ThreadRole::kControl, [self = watcher.get()] { self->run(); });
  if (!thread.ok()) return std::move(thread).error();
  watcher->thread_ = std::move(thread).value();
  return watcher;
}

PluginWatcher::PluginWatcher(PluginDirectory directory, std::chrono::milliseconds settle, Tell tell)
    : directory_(std::move(directory)),
      settle_(settle),
      rescan_every_(std::min<Duration>(kRescan, 10 * settle)),
      tell_(std::move(tell)),
      files_(settle) {}

PluginWatcher::~PluginWatcher() {
  stop();
}

void PluginWatcher::stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
  alarm_.reset();
}

void PluginWatcher::run() {
  while (wait()) look();
}

bool PluginWatcher::wait() {
  for (;;) {
    std::map<std::string, FileEvent> events;
    const TimePoint due = std::min(rescan_, files_.next_look());
    {
      MutexLock lock(mutex_);
      while (!stopping_ && events_.empty() && Clock::now() < due) changed_.wait_until(mutex_, due);
      if (stopping_) return false;
      events.swap(events_);
    }
    const TimePoint now = Clock::now();
    for (const auto& [file, event] : events) files_.note(file, event, now);
    if (now >= std::min(rescan_, files_.next_look())) return true;
  }
}

void PluginWatcher::look() {
  // First: whatever happens after the scan is heard.
  const bool is_new_alarm = arm();
  auto scan = directory_.scan();
  const TimePoint now = Clock::now();
  // Poco begins to listen some time after it has been told to.
  rescan_ = now + (is_new_alarm ? std::min(settle_, rescan_every_) : rescan_every_);
  WatchReport report;
  if (scan.ok()) {
    lost_ = false;
    WatchVerdict verdict = files_.look(scan.value(), now);
    for (const SettledFile& file : verdict.settled) {
      if (auto plugin = read(file)) report.settled.push_back(*std::move(plugin));
    }
    for (const std::string& file : verdict.removed) report.removed.push_back(plugin_of(file));
  } else if (!std::exchange(lost_, true)) {
    report.lost = std::move(scan).error();
  }
  tell_(std::move(report));
}

bool PluginWatcher::arm() {
  if (alarm_ != nullptr && alarm_->is_armed_for(directory_.path())) return false;
  alarm_.reset();
  auto alarm = DirectoryAlarm::arm(
      directory_.path(), [this](const std::string& file, FileEvent event) { ring(file, event); });
  if (!alarm.ok()) {
    const bool is_missing = alarm.error().reason() == "plugin_directory";
    if (!is_missing && !std::exchange(deaf_, true)) {
      log_warning("plugin", alarm.error().message() + "; it is looked at now and then");
    }
    return false;
  }
  deaf_ = false;
  alarm_ = std::move(alarm).value();
  return true;
}

void PluginWatcher::ring(const std::string& file, FileEvent event) {
  {
    MutexLock lock(mutex_);
    events_[file] = event;
  }
  changed_.notify_all();
}

std::optional<SettledPlugin> PluginWatcher::read(const SettledFile& file) const {
  SettledPlugin plugin{.plugin = plugin_of(file.file),
                       .identity = file.identity,
                       .sha256 = {},
                       .at_start = file.at_start};
  // What may not be read is told all the same: whoever takes it will hear why.
  const auto opened = directory_.open(file.file);
  if (!opened.ok()) return plugin;
  if (opened.value().identity != file.identity) return std::nullopt;  // the next look sees that
  // Nor is what is refused for its size worth the hours that its digest would take.
  if (file.identity.size > StagingDirectory::kMaxSize) return plugin;
  auto digest = sha256_of(opened.value().fd.get());
  if (digest.ok()) plugin.sha256 = std::move(digest).value();
  return plugin;
}

}  // namespace backplane::host
