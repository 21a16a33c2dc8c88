#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "host/backend/backend.hpp"
#include "host/config/app_document.hpp"
#include "host/control/endpoint_counts.hpp"
#include "host/routing/routing_snapshot.hpp"

namespace backplane::host {

// Backends that serve, by tag. A tag of the desired state that is missing here answers 503.
using ServingBackends = std::map<std::string, std::shared_ptr<Backend>>;

// A new version of a backend that serves a share of its requests on trial.
struct CanaryBackend {
  std::shared_ptr<Backend> backend;
  double share = 0;
};
// By tag.
using CanaryBackends = std::map<std::string, CanaryBackend>;

// Makes routing snapshots out of the desired state, and keeps what must outlast one of them: the
// counts of each endpoint and arm, and endpoints that did not change, whose splitters thereby keep
// their place. Owned by Controller; its thread only.
class SnapshotBuilder {
 public:
  // `shards`: how many threads will route (RequestStats).
  explicit SnapshotBuilder(std::size_t shards) : shards_(shards) {}

  std::shared_ptr<const RoutingSnapshot> build(const AppDocument& desired,
                                               const ServingBackends& serving,
                                               const CanaryBackends& canaries, bool draining);

  // What the endpoint of this name has counted; null when there is none.
  const EndpointCounts* counts(const std::string& name) const;

 private:
  struct Kept {
    EndpointSpec spec;
    std::shared_ptr<const Endpoint> endpoint;
    EndpointCounts counts;
  };

  static std::shared_ptr<const Endpoint> make(const EndpointSpec& spec,
                                              const ServingBackends& serving,
                                              const CanaryBackends& canaries,
                                              EndpointCounts& counts);

  const std::size_t shards_;
  std::map<std::string, Kept> kept_;
};

}  // namespace backplane::host
