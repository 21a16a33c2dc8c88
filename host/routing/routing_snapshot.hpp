#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "host/routing/endpoint.hpp"
#include "host/routing/route_table.hpp"

namespace backplane::host {

// Everything the data plane knows, as one immutable value: built aside by control, published once,
// read by io threads without a lock. Shared by whoever still routes by it.
class RoutingSnapshot {
 public:
  // `draining`: the host is about to stop, and balancers should look elsewhere. `backends`: all of
  // them, each as an arm of no endpoint, in the order of their tags.
  explicit RoutingSnapshot(std::vector<std::shared_ptr<const Endpoint>> endpoints,
                           bool draining = false, std::vector<Arm> backends = {});

  const std::vector<std::shared_ptr<const Endpoint>>& endpoints() const { return endpoints_; }
  // Null when there is none of that tag.
  const Arm* find_backend(std::string_view tag) const;
  const RouteTable& routes() const { return routes_; }
  bool draining() const { return draining_; }
  // The body of GET /-/routes: {"/api": ["endpoint", ["GET","POST"]]}.
  const std::string& routes_json() const { return routes_json_; }

 private:
  std::vector<std::shared_ptr<const Endpoint>> endpoints_;
  std::vector<Arm> backends_;
  bool draining_;
  RouteTable routes_;
  std::string routes_json_;
};

}  // namespace backplane::host
