#include "host/control/snapshot_builder.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace backplane::host {
namespace {

std::shared_ptr<Backend> find_serving(const ServingBackends& serving, const std::string& tag) {
  const auto found = serving.find(tag);
  return found == serving.end() ? nullptr : found->second;
}

// What an arm or a shadow takes from the backend that it sends to, if there is one.
template <typename Target>
void aim(Target& target, const std::shared_ptr<Backend>& backend) {
  if (backend == nullptr) return;
  target.sink = backend;
  target.request_timeout = backend->spec().config.request_timeout;
  target.mix_content_types = backend->spec().config.mix_content_types;
}

template <typename Target>
bool is_aimed_at(const Target& target, const std::shared_ptr<Backend>& backend) {
  Target now;
  aim(now, backend);
  return target.sink == now.sink && target.request_timeout == now.request_timeout &&
         target.mix_content_types == now.mix_content_types;
}

bool has_canary(const Arm& arm, const CanaryBackends& canaries) {
  const auto canary = canaries.find(arm.tag);
  if (canary == canaries.end()) return arm.canary == nullptr;
  return arm.canary != nullptr && arm.canary_share == canary->second.share &&
         arm.canary->sink == canary->second.backend;
}

// Whether everything that `endpoint` took from backends is still so.
bool is_aimed(const Endpoint& endpoint, const ServingBackends& serving,
              const CanaryBackends& canaries) {
  const auto same = [&serving](const auto& target) {
    return is_aimed_at(target, find_serving(serving, target.tag));
  };
  return std::all_of(endpoint.arms.begin(), endpoint.arms.end(),
                     [&](const Arm& arm) { return same(arm) && has_canary(arm, canaries); }) &&
         std::all_of(endpoint.shadows.begin(), endpoint.shadows.end(), same);
}

Arm make_arm(const std::string& tag, double weight, const std::shared_ptr<Backend>& backend,
             EndpointCounts& counts) {
  Arm arm;
  arm.tag = tag;
  arm.weight = weight;
  aim(arm, backend);
  arm.stats = counts.arm(tag, backend == nullptr ? 0 : backend->generation());
  return arm;
}

}  // namespace

std::shared_ptr<const RoutingSnapshot> SnapshotBuilder::build(const AppDocument& desired,
                                                              const ServingBackends& serving,
                                                              const CanaryBackends& canaries,
                                                              bool draining) {
  std::erase_if(
      kept_, [&desired](const auto& entry) { return desired.endpoints.count(entry.first) == 0; });
  std::vector<std::shared_ptr<const Endpoint>> endpoints;
  for (const auto& [name, spec] : desired.endpoints) {
    Kept& kept =
        kept_.try_emplace(name, Kept{.spec = {}, .endpoint = {}, .counts = EndpointCounts(shards_)})
            .first->second;
    const bool changed = kept.endpoint == nullptr || kept.spec != spec ||
                         !is_aimed(*kept.endpoint, serving, canaries);
    if (changed) {
      kept.endpoint = make(spec, serving, canaries, kept.counts);
      kept.spec = spec;
    }
    kept.counts.fold();
    endpoints.push_back(kept.endpoint);
  }
  std::vector<Arm> backends;
  backends.reserve(desired.backends.size());
  for (const auto& [tag, spec] : desired.backends) {
    Arm& arm = backends.emplace_back();
    arm.tag = tag;
    aim(arm, find_serving(serving, tag));
  }
  return std::make_shared<const RoutingSnapshot>(std::move(endpoints), draining,
                                                 std::move(backends));
}

const EndpointCounts* SnapshotBuilder::counts(const std::string& name) const {
  const auto found = kept_.find(name);
  return found == kept_.end() ? nullptr : &found->second.counts;
}

std::shared_ptr<const Endpoint> SnapshotBuilder::make(const EndpointSpec& spec,
                                                      const ServingBackends& serving,
                                                      const CanaryBackends& canaries,
                                                      EndpointCounts& counts) {
  auto endpoint = std::make_shared<Endpoint>();
  endpoint->name = spec.name;
  endpoint->route = spec.route;
  endpoint->methods = spec.methods;
  for (const std::string& method : spec.methods) endpoint->method_set.add(method);
  endpoint->policy = spec.policy;
  endpoint->stats = counts.unrouted();
  for (const auto& [tag, weight] : spec.traffic) {
    Arm arm = make_arm(tag, weight, find_serving(serving, tag), counts);
    if (const auto canary = canaries.find(tag); canary != canaries.end()) {
      arm.canary = std::make_shared<const Arm>(make_arm(tag, 0, canary->second.backend, counts));
      arm.canary_share = canary->second.share;
    }
    endpoint->arms.push_back(std::move(arm));
  }
  for (const auto& [tag, proportion] : spec.shadows) {
    Shadow shadow;
    shadow.tag = tag;
    shadow.proportion = proportion;
    aim(shadow, find_serving(serving, tag));
    endpoint->shadows.push_back(std::move(shadow));
  }
  return endpoint;
}

}  // namespace backplane::host
