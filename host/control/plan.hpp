#pragma once

#include <string>
#include <vector>

#include "host/config/app_document.hpp"

namespace backplane::host {

// What it takes to make one desired state out of another. Endpoints need no steps: they are values
// of the routing snapshot that the change publishes.
struct Plan {
  std::vector<std::string> start;  // tags of backends to build aside before the change is committed
  std::vector<std::string> stop;   // tags of backends to drain once it is published

  bool operator==(const Plan&) const = default;
};

// Pure. A backend whose spec differs is started anew beside the one that serves.
Plan plan(const AppDocument& actual, const AppDocument& desired);

}  // namespace backplane::host
