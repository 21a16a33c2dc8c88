#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "host/control/canary.hpp"
#include "host/plugin/plugin_directory.hpp"

namespace backplane::host {

// Another version of a plugin, as somebody asks for it. A plain value.
struct ReloadRequest {
  std::string plugin;
  // The version before, from the copies that are kept; else what is in the plugin directory.
  bool rollback = false;
  std::string sha256{};  // what the file must be; empty: whatever it is
  bool force = false;    // also when that version runs already
  std::optional<CanaryLimits> canary{};
  bool carry_state = true;  // replicas go on with what those before them hand over
  // What the version before has to finish what it has; nothing: what the host says.
  std::optional<std::chrono::milliseconds> drain_timeout{};
  std::string author = "local";
  // The revision that the request is made of, and of no other.
  std::optional<std::uint64_t> if_revision{};
  // The state of the file that is meant, and no later one; zeros: the latest.
  FileIdentity source{};

  bool operator==(const ReloadRequest&) const = default;
};

// What a reload came to.
struct ReloadOutcome {
  bool changed = false;  // false: that version ran already
  std::uint64_t operation = 0;
  std::uint64_t revision = 0;
  std::uint64_t generation = 0;  // of the plugin; 0 when nothing changed
  std::string sha256{};
};

}  // namespace backplane::host
