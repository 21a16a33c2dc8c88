#pragma once

#include <cstdint>
#include <string_view>

#include "host/base/result.hpp"
#include "host/control/plugin_version.hpp"
#include "host/control/reload_request.hpp"
#include "host/plugin/plugin_directory.hpp"
#include "host/plugin/plugin_watcher.hpp"

namespace backplane::host {

// What is known of a plugin whose file has settled. A plain value.
struct FollowFacts {
  bool used = false;          // a backend runs its code, or should
  bool serving = true;        // every one of them does
  bool changing = false;      // one of them is changed or reloaded, at whoever's wish
  PluginVersion version{};    // that they run
  FileIdentity last_tried{};  // see Reloader::last_tried()
};

// What a settled file leads to.
enum class FollowStep : std::uint8_t {
  kWait,       // nothing yet: ask again
  kUnchanged,  // nothing: it is what runs
  kLeave,      // nothing: somebody has decided against it
  kReload,
};

// Pure.
FollowStep follow_step(const SettledPlugin& file, const FollowFacts& facts);

// What became of a file with its reload: "reloaded"; "unchanged"; "retried": something else was
// under way, so it will be asked for again; "overtaken": it has changed since it settled, and will
// settle anew; "failed". Pure.
std::string_view follow_event(const Result<ReloadOutcome>& outcome);

}  // namespace backplane::host
