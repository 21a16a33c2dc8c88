#pragma once

#include <map>
#include <string>

namespace backplane::host {

// Which file a plugin that backends use is loaded from. A plain value.
struct PluginVersion {
  std::string sha256;
  std::string previous{};  // what it was before, to roll back to; empty: nothing

  bool operator==(const PluginVersion&) const = default;
};

// By plugin.
using PluginVersions = std::map<std::string, PluginVersion>;

}  // namespace backplane::host
