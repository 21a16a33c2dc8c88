#include "host/control/snapshot_builder.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>
#include <vector>

namespace backplane::host {
namespace {

std::shared_ptr<Backend> find_serving(const ServingBackends& serving, const std::string& tag) {
  const auto found = serving.find(tag);
  return found == serving.end() ? nullptr : found->second;
}

// What an arm or a shadow takes from the backend that serves its tag, if one does.
template <typename Target>
void aim(Target& target, const ServingBackends& serving) {
  const auto backend = find_serving(serving, target.tag);
  if (backend == nullptr) return;
  target.sink = backend;
  target.request_timeout = backend->spec().config.request_timeout;
  target.mix_content_types = backend->spec().config.mix_content_types;
}

// Whether everything that `endpoint` took from backends is still so.
bool is_aimed(const Endpoint& endpoint, const ServingBackends& serving) {
  const auto same = [&serving](const auto& target) {
    std::remove_cvref_t<decltype(target)> now;
    now.tag = target.tag;
    aim(now, serving);
    return target.sink == now.sink && target.request_timeout == now.request_timeout &&
           target.mix_content_types == now.mix_content_types;
  };
  return std::all_of(endpoint.arms.begin(), endpoint.arms.end(), same) &&
         std::all_of(endpoint.shadows.begin(), endpoint.shadows.end(), same);
}

}  // namespace

std::shared_ptr<const RoutingSnapshot> SnapshotBuilder::build(const AppDocument& desired,
                                                              const ServingBackends& serving,
                                                              bool draining) {
  std::erase_if(
      kept_, [&desired](const auto& entry) { return desired.endpoints.count(entry.first) == 0; });
  std::vector<std::shared_ptr<const Endpoint>> endpoints;
  for (const auto& [name, spec] : desired.endpoints) {
    Kept& kept =
        kept_.try_emplace(name, Kept{.spec = {}, .endpoint = {}, .counts = EndpointCounts(shards_)})
            .first->second;
    const bool changed =
        kept.endpoint == nullptr || kept.spec != spec || !is_aimed(*kept.endpoint, serving);
    if (changed) {
      kept.endpoint = make(spec, serving, kept.counts);
      kept.spec = spec;
    }
    kept.counts.fold();
    endpoints.push_back(kept.endpoint);
  }
  return std::make_shared<const RoutingSnapshot>(std::move(endpoints), draining);
}

const EndpointCounts* SnapshotBuilder::counts(const std::string& name) const {
  const auto found = kept_.find(name);
  return found == kept_.end() ? nullptr : &found->second.counts;
}

std::shared_ptr<const Endpoint> SnapshotBuilder::make(const EndpointSpec& spec,
                                                      const ServingBackends& serving,
                                                      EndpointCounts& counts) {
  auto endpoint = std::make_shared<Endpoint>();
  endpoint->name = spec.name;
  endpoint->route = spec.route;
  endpoint->methods = spec.methods;
  for (const std::string& method : spec.methods) endpoint->method_set.add(method);
  endpoint->policy = spec.policy;
  endpoint->stats = counts.unrouted();
  for (const auto& [tag, weight] : spec.traffic) {
    Arm arm;
    arm.tag = tag;
    arm.weight = weight;
    aim(arm, serving);
    const auto backend = find_serving(serving, tag);
    arm.stats = counts.arm(tag, backend == nullptr ? 0 : backend->generation());
    endpoint->arms.push_back(std::move(arm));
  }
  for (const auto& [tag, proportion] : spec.shadows) {
    Shadow shadow;
    shadow.tag = tag;
    shadow.proportion = proportion;
    aim(shadow, serving);
    endpoint->shadows.push_back(std::move(shadow));
  }
  return endpoint;
}

}  // namespace backplane::host
