#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "host/metrics/request_stats.hpp"

namespace backplane::host {

// Which requests to an endpoint: those that were sent to `backend`, of `generation`.
struct EndpointSeries {
  std::string backend;     // empty: to none
  std::string generation;  // empty: none served; "older": what is not kept apart any more
  RequestSummary summary;
};

// What one endpoint has counted, over every change of its traffic: by backend and generation, so
// that a new generation begins at zero while sums never fall. Who is gone is kept apart for a
// while, then folded into a remainder. Owned by SnapshotBuilder; control thread.
class EndpointCounts {
 public:
  // Of each backend, beside those that io threads may still write to.
  static constexpr std::size_t kKeptGenerations = 4;
  // Backends of one endpoint: as many as may have weights, twice.
  static constexpr std::size_t kKeptBackends = 128;

  // `shards`: how many threads record (RequestStats).
  explicit EndpointCounts(std::size_t shards)
      : shards_(shards), unrouted_(std::make_shared<RequestStats>(shards)) {}

  // What is counted for requests that are sent to no backend.
  const std::shared_ptr<RequestStats>& unrouted() const { return unrouted_; }
  // What is counted for those sent to `tag`; the same for the same generation, 0 when none serves.
  const std::shared_ptr<RequestStats>& arm(const std::string& tag, std::uint64_t generation);

  // Folds what nobody writes to any more and is not to be kept apart.
  void fold();

  // Everything, one entry for each backend and generation.
  std::vector<EndpointSeries> series() const;
  RequestSummary total() const;
  // One generation of one backend, while it is kept apart.
  RequestSummary of_generation(const std::string& tag, std::uint64_t generation) const;
  // All generations of one backend.
  RequestSummary of_backend(const std::string& tag) const;

 private:
  struct Kept {
    std::map<std::uint64_t, std::shared_ptr<RequestStats>> generations;
    RequestSummary older;

    bool idle() const;
    RequestSummary sum() const;
  };

  const std::size_t shards_;
  std::shared_ptr<RequestStats> unrouted_;
  std::map<std::string, Kept> kept_;
  RequestSummary gone_;  // of backends not kept apart any more
};

}  // namespace backplane::host
