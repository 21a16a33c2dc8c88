#pragma once

#include <map>
#include <string>

#include "host/base/result.hpp"
#include "host/config/app_document.hpp"
#include "host/control/plugin_version.hpp"

namespace backplane::host {

// The desired state as the store holds it: "backends/<tag>", "endpoints/<name>" and
// "plugins/<name>", each with one JSON object. Kept as it was written: a later version of the
// program may write it otherwise.
using StateObjects = std::map<std::string, std::string>;

// The document, and the versions of the plugins that its backends run. A plain value.
struct DesiredState {
  AppDocument document;
  PluginVersions plugins;
};

// [any] Pure.
StateObjects objects_of(const AppDocument& document, const PluginVersions& plugins);

// [any] Pure. kUnavailable "state_corrupt": one is not what objects_of could have written.
Result<DesiredState> state_of(const StateObjects& objects);

// [any] The SHA-256 over all keys and values, in hexadecimal.
std::string digest_of(const StateObjects& objects);

}  // namespace backplane::host
