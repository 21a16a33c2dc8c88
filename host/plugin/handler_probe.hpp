#pragma once

#include <string>
#include <vector>

#include "host/base/clock.hpp"
#include "host/base/result.hpp"
#include "host/plugin/handler_factory.hpp"
#include "host/plugin/preflight.hpp"

namespace backplane::host {

// [main] The handlers of the plugin at `path`, an absolute one that preflight has passed with
// `report`. No file says them, so the plugin is loaded: in a child process that is gone afterwards,
// with little memory and time. Errors as PluginLibrary::open; kInvalidArgument
// "plugin_probe_failed" when the child died of it or had not ended at `deadline`; kUnavailable
// when there can be no child. Forks: only for a process that has no other thread yet.
Result<std::vector<HandlerDescription>> probe_handlers(const std::string& path,
                                                       const PreflightReport& report,
                                                       TimePoint deadline);

}  // namespace backplane::host
