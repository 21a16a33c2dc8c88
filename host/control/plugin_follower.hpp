#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "host/control/controller.hpp"
#include "host/control/follow_step.hpp"
#include "host/control/reloader.hpp"
#include "host/plugin/plugin_watcher.hpp"

namespace backplane::host {

// Has plugins reloaded whose files have changed, as an admin call would. Decides about each state
// of a file once; what cannot be decided yet, because no backend uses the plugin or something else
// is under way, is looked at again with each report. Owned by Host; control thread.
class PluginFollower {
 public:
  PluginFollower(Controller& controller, Reloader& reloader)
      : controller_(controller), reloader_(reloader) {}

  // [control] After each look at the plugin directory.
  void take(const WatchReport& report);

  // [control] What has happened how often: "settled", "removed" and "directory_lost" are the
  // watcher's; "left" and those of follow_event() say what became of files.
  const std::map<std::string, std::uint64_t>& counts() const { return counts_; }

 private:
  struct Pending {
    SettledPlugin file;
    std::uint64_t number = 0;  // of all that settled
  };

  void follow_all();
  void follow(const Pending& pending);
  void on_reloaded(const Pending& pending, const Result<ReloadOutcome>& outcome);
  // There is nothing more to do about it; it came to `event`.
  void decide(const Pending& pending, std::string_view event);
  FollowFacts facts_of(const std::string& plugin) const;
  bool is_used(const std::string& plugin) const { return !controller_.users_of(plugin).empty(); }

  Controller& controller_;
  Reloader& reloader_;
  std::map<std::string, Pending> pending_;  // by plugin
  std::map<std::string, std::uint64_t> counts_;
  std::uint64_t settled_ = 0;
};

}  // namespace backplane::host
