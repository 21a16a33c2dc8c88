#pragma once

#include <set>
#include <string>
#include <vector>

#include "host/config/app_document.hpp"

namespace backplane::host {

// What it takes to make one desired state out of another. Endpoints need no steps: they are values
// of the routing snapshot that the change publishes.
struct Plan {
  std::vector<std::string> start;  // tags of backends to build aside before the change is committed
  std::vector<std::string> update;  // tags whose running replicas take the new configuration
  std::vector<std::string> stop;    // tags of backends to drain once it is published

  bool operator==(const Plan&) const = default;
};

// Pure. A backend whose configuration alone differs, in what its replicas can take while they run,
// is updated; one that differs otherwise is started anew beside the one that serves. `down`:
// backends of `actual` that do not serve, so that nothing can be updated. One that is wanted as it
// is stays down: a change of something else does not try again.
Plan plan(const AppDocument& actual, const std::set<std::string>& down, const AppDocument& desired);

}  // namespace backplane::host
