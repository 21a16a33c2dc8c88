#pragma once

#include <cstddef>
#include <vector>

#include "host/base/random.hpp"
#include "host/message/http_request.hpp"
#include "host/routing/endpoint.hpp"
#include "host/routing/permuted_blocks.hpp"
#include "host/routing/shard_hash.hpp"

namespace backplane::host {

// Chooses the arm for each request to one endpoint: by shard key where the request has one, else
// by weighted random draw. Owned by one Router; its io thread.
class Splitter {
 public:
  // `endpoint` must outlive the splitter.
  explicit Splitter(const Endpoint& endpoint);

  // Null when the endpoint has no traffic.
  const Arm* pick(const HttpRequest& request, Random& random);
  const Endpoint& endpoint() const { return *endpoint_; }

 private:
  const Endpoint* endpoint_;
  PermutedBlocks blocks_;
  std::vector<ShardArm> shard_arms_;
};

}  // namespace backplane::host
