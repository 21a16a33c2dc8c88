#include "host/routing/splitter.hpp"

#include <algorithm>
#include <limits>
#include <string>

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
  const bool tries = std::any_of(endpoint.arms.begin(), endpoint.arms.end(),
                                 [](const Arm& arm) { return arm.canary != nullptr; });
  if (!tries) return;
  for (const Arm& arm : endpoint.arms) {
    canary_blocks_.emplace_back(std::vector<double>{1 - arm.canary_share, arm.canary_share});
  }
}

const Arm* Splitter::pick(const HttpRequest& request, Random& random, const Gathering& gathered) {
  const Arm* const arm = pick_arm(request, random, gathered);
  if (arm == nullptr || arm->canary == nullptr) return arm;
  return takes_canary(*arm, request, random) ? arm->canary.get() : arm;
}

// Within the arm, so that a trial moves no request from one arm of an experiment to another.
bool Splitter::takes_canary(const Arm& arm, const HttpRequest& request, Random& random) {
  if (request.has_shard_key) {
    const std::uint64_t point = shard_hash(std::string(request.shard_key) + "\ncanary");
    return static_cast<double>(point) < arm.canary_share * 0x1p64;
  }
  const auto index = static_cast<std::size_t>(&arm - endpoint_->arms.data());
  return canary_blocks_[index].pick(random) == 1;
}

const Arm* Splitter::pick_arm(const HttpRequest& request, Random& random,
                              const Gathering& gathered) {
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
