#include "host/routing/splitter.hpp"

namespace backplane::host {
namespace {

std::vector<double> weights_of(const Endpoint& endpoint) {
  std::vector<double> weights;
  for (const Arm& arm : endpoint.arms) weights.push_back(arm.weight);
  return weights;
}

}  // namespace

Splitter::Splitter(const Endpoint& endpoint) : endpoint_(&endpoint), blocks_(weights_of(endpoint)) {
  for (const Arm& arm : endpoint.arms) {
    shard_arms_.push_back({.hash = shard_hash(arm.tag), .weight = arm.weight});
  }
}

const Arm* Splitter::pick(const HttpRequest& request, Random& random) {
  const std::vector<Arm>& arms = endpoint_->arms;
  if (arms.empty()) return nullptr;
  if (request.has_shard_key) return &arms[pick_by_key(shard_hash(request.shard_key), shard_arms_)];
  if (arms.size() == 1) return &arms.front();
  return &arms[blocks_.pick(random)];
}

}  // namespace backplane::host
