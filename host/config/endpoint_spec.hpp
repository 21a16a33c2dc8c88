#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host/config/traffic_policy.hpp"
#include "host/config/weights.hpp"

namespace backplane::host {

// One endpoint as it was asked for. A plain value.
struct EndpointSpec {
  std::string name;
  std::optional<std::string> route;            // none: reachable only from other handlers
  std::vector<std::string> methods = {"GET"};  // upper case, in the order written, each once
  Weights traffic;                             // empty: no traffic set, answered 503
  TrafficPolicy policy;
  std::map<std::string, double> shadows;  // backend tag -> proportion in (0, 1]

  bool operator==(const EndpointSpec&) const = default;
};

}  // namespace backplane::host
