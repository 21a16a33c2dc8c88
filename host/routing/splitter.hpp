#pragma once

#include <cstddef>
#include <vector>

#include "host/base/random.hpp"
#include "host/message/http_request.hpp"
#include "host/routing/endpoint.hpp"
#include "host/routing/gathering.hpp"
#include "host/routing/permuted_blocks.hpp"
#include "host/routing/shard_hash.hpp"

namespace backplane::host {

// Chooses the arm for each request to one endpoint: by shard key where the request has one, else
// by the endpoint's policy. Owned by one Router; its io thread.
class Splitter {
 public:
  // `endpoint` must outlive the splitter.
  explicit Splitter(const Endpoint& endpoint);

  // Null when the endpoint has no traffic. `gathered`: what this thread is about to submit, which
  // no sink knows of yet.
  const Arm* pick(const HttpRequest& request, Random& random, const Gathering& gathered);
  const Endpoint& endpoint() const { return *endpoint_; }

 private:
  const Arm* pick_arm(const HttpRequest& request, Random& random, const Gathering& gathered);
  bool takes_canary(const Arm& arm, const HttpRequest& request, Random& random);
  const Arm& take_turn() const;
  const Arm& pick_shorter(Random& random, const Gathering& gathered) const;

  const Endpoint* endpoint_;
  PermutedBlocks blocks_;
  std::vector<ShardArm> shard_arms_;
  std::vector<double> weights_;
  std::vector<std::size_t> weighted_;          // arms of weight > 0
  std::vector<PermutedBlocks> canary_blocks_;  // one for each arm, when one of them has a canary
};

}  // namespace backplane::host
