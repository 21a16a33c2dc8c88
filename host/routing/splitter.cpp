#include "host/routing/splitter.hpp"

#include <limits>

#include "host/routing/weighted_draw.hpp"

namespace backplane::host {
namespace {

std::vector<double> weights_of(const Endpoint& endpoint) {
  std::vector<double> weights;
  for (const Arm& arm : endpoint.arms) weights.push_back(arm.weight);
  return weights;
}

// How much waits in front of `arm`. One that does not serve is longer than any that does: its share
// is not measured by requests here, so there is no experiment to shift.
std::size_t load_of(const Arm& arm, const Gathering& gathered) {
  if (arm.sink == nullptr) return std::numeric_limits<std::size_t>::max();
  return arm.sink->queued() + gathered.held_for(*arm.sink);
}

}  // namespace

Splitter::Splitter(const Endpoint& endpoint)
    : endpoint_(&endpoint), blocks_(weights_of(endpoint)), weights_(weights_of(endpoint)) {
  for (std::size_t i = 0; i < endpoint.arms.size(); ++i) {
    const Arm& arm = endpoint.arms[i];
    shard_arms_.push_back({.hash = shard_hash(arm.tag), .weight = arm.weight});
    if (arm.weight > 0) weighted_.push_back(i);
  }
}

const Arm* Splitter::pick(const HttpRequest& request, Random& random, const Gathering& gathered) {
  const std::vector<Arm>& arms = endpoint_->arms;
  if (arms.empty()) return nullptr;
  if (request.has_shard_key) return &arms[pick_by_key(shard_hash(request.shard_key), shard_arms_)];
  if (arms.size() == 1) return &arms.front();
  if (endpoint_->policy.kind == PolicyKind::kRandom) return &arms[blocks_.pick(random)];
  if (endpoint_->policy.kind == PolicyKind::kPowerOfTwo) return &pick_shorter(random, gathered);
  return &take_turn();
}

const Arm& Splitter::take_turn() const {
  const std::size_t turn =
      whose_turn(endpoint_->rotation->next(), endpoint_->policy.packing_num, weighted_.size());
  return endpoint_->arms[weighted_[turn]];
}

const Arm& Splitter::pick_shorter(Random& random, const Gathering& gathered) const {
  // Two steps, because the order in which arguments are evaluated is not said.
  const double point = random.uniform();
  const ArmPair pair = draw_two(weights_, point, random.uniform());
  const Arm& first = endpoint_->arms[pair.first];
  const Arm& second = endpoint_->arms[pair.second];
  return load_of(second, gathered) < load_of(first, gathered) ? second : first;
}

}  // namespace backplane::host
