#include "host/routing/routing_snapshot.hpp"

#include <algorithm>
#include <utility>

#include "host/json/json_writer.hpp"

namespace backplane::host {

RoutingSnapshot::RoutingSnapshot(std::vector<std::shared_ptr<const Endpoint>> endpoints,
                                 bool draining, std::vector<Arm> backends)
    : endpoints_(std::move(endpoints)), backends_(std::move(backends)), draining_(draining) {
  JsonWriter json(routes_json_);
  json.begin_object();
  for (std::size_t i = 0; i < endpoints_.size(); ++i) {
    const Endpoint& endpoint = *endpoints_[i];
    if (!endpoint.route) continue;
    routes_.add(*endpoint.route, i);
    json.key(*endpoint.route).begin_array().string(endpoint.name).begin_array();
    for (const std::string& method : endpoint.methods) json.string(method);
    json.end_array().end_array();
  }
  json.end_object();
}

const Arm* RoutingSnapshot::find_backend(std::string_view tag) const {
  const auto found =
      std::lower_bound(backends_.begin(), backends_.end(), tag,
                       [](const Arm& arm, std::string_view wanted) { return arm.tag < wanted; });
  return found == backends_.end() || found->tag != tag ? nullptr : &*found;
}

}  // namespace backplane::host
