#include "host/control/plugin_follower.hpp"

#include <utility>

#include "host/base/log.hpp"

namespace backplane::host {

void PluginFollower::take(const WatchReport& report) {
  if (report.lost) {
    ++counts_["directory_lost"];
    log_warning("control", report.lost->message() + "; what runs is not concerned");
  }
  for (const std::string& plugin : report.removed) {
    ++counts_["removed"];
    pending_.erase(plugin);
    const std::string gone = "the file of plugin '" + plugin + "' has been removed";
    if (is_used(plugin)) {
      log_warning("control", gone + "; its backends go on");
    } else {
      log_info("control", gone);
    }
  }
  for (const SettledPlugin& file : report.settled) {
    ++counts_["settled"];
    pending_[file.plugin] = {file, ++settled_};
  }
  follow_all();
}

void PluginFollower::follow_all() {
  // A copy: a reload that is refused at once calls back before it returns.
  const std::map<std::string, Pending> all = pending_;
  for (const auto& [plugin, pending] : all) follow(pending);
}

void PluginFollower::follow(const Pending& pending) {
  switch (follow_step(pending.file, facts_of(pending.file.plugin))) {
    case FollowStep::kWait:
      return;
    case FollowStep::kUnchanged:
      return decide(pending, "unchanged");
    case FollowStep::kLeave:
      log_info("control",
               "plugin '" + pending.file.plugin +
                   "' stays as it is: the file in the plugin directory has had its turn");
      return decide(pending, "left");
    case FollowStep::kReload:
      reloader_.reload(
          {.plugin = pending.file.plugin, .author = "watcher", .source = pending.file.identity},
          [this, pending](const Result<ReloadOutcome>& outcome) { on_reloaded(pending, outcome); });
  }
}

void PluginFollower::on_reloaded(const Pending& pending, const Result<ReloadOutcome>& outcome) {
  const std::string& plugin = pending.file.plugin;
  const std::string_view event = follow_event(outcome);
  if (event == "retried") {
    ++counts_["retried"];  // with the next report
    return;
  }
  if (event == "reloaded") {
    log_info("control", "plugin '" + plugin + "' runs the file that was dropped, SHA-256 " +
                            outcome.value().sha256);
  } else if (event == "failed") {
    log_warning("control", "plugin '" + plugin + "' stays as it is: " + outcome.error().message());
  }
  decide(pending, event);
}

void PluginFollower::decide(const Pending& pending, std::string_view event) {
  ++counts_[std::string(event)];
  const auto found = pending_.find(pending.file.plugin);
  // Unless another state of the file has settled meanwhile.
  if (found != pending_.end() && found->second.number == pending.number) pending_.erase(found);
}

FollowFacts PluginFollower::facts_of(const std::string& plugin) const {
  FollowFacts facts{.changing = reloader_.is_reloading(plugin),
                    .last_tried = reloader_.last_tried(plugin)};
  for (const std::string& tag : controller_.users_of(plugin)) {
    facts.used = true;
    if (controller_.serving(tag) == nullptr) facts.serving = false;
    if (controller_.is_changing(tag)) facts.changing = true;
  }
  const auto version = controller_.versions().find(plugin);
  if (version != controller_.versions().end()) facts.version = version->second;
  return facts;
}

}  // namespace backplane::host
