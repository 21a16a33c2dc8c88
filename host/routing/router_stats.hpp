#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "host/metrics/request_stats.hpp"

namespace backplane::host {

// What the routers count that belongs to no endpoint. Owned by Host; each router writes its own
// shard, anyone reads.
class RouterStats {
 public:
  // `shards`: how many routers there are, each with a number of its own below `shards`.
  explicit RouterStats(std::size_t shards) : unrouted_(shards), own_(shards) {}

  // Requests that no endpoint took: no such path or method, and the host's own paths.
  RequestStats& unrouted() { return unrouted_; }
  const RequestStats& unrouted() const { return unrouted_; }

  // [the thread that owns `shard`] A copy for a shadow was not made, for want of budget.
  void drop_shadow(std::size_t shard) { own_[shard].shadows_dropped.add(); }
  // [any]
  std::uint64_t shadows_dropped() const {
    std::uint64_t sum = 0;
    for (const Own& own : own_) sum += own.shadows_dropped.value();
    return sum;
  }

 private:
  struct alignas(kCacheLine) Own {
    Counter shadows_dropped;
  };
  RequestStats unrouted_;
  std::vector<Own> own_;
};

}  // namespace backplane::host
