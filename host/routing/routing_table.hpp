#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "host/base/mutex.hpp"
#include "host/routing/routing_snapshot.hpp"

namespace backplane::host {

// Where the current RoutingSnapshot is found. Owned by Host, written by control, read by io
// threads, which keep the pointer and look again only when version() has moved: a mutex around a
// shared_ptr is faster here than atomic<shared_ptr>, and ThreadSanitizer understands it.
class RoutingTable {
 public:
  // [control] Every request that is routed after this returns sees `snapshot`.
  void publish(std::shared_ptr<const RoutingSnapshot> snapshot) {
    {
      MutexLock lock(mutex_);
      current_.swap(snapshot);
    }
    // After the swap: a reader that sees the new number finds the new pointer under the mutex.
    version_.fetch_add(1, std::memory_order_release);
    // The former snapshot is let go here, outside the lock.
  }

  // [any]
  std::shared_ptr<const RoutingSnapshot> current() const {
    MutexLock lock(mutex_);
    return current_;
  }
  // [any] Moves with every publish().
  std::uint64_t version() const { return version_.load(std::memory_order_acquire); }

 private:
  mutable Mutex mutex_;
  std::shared_ptr<const RoutingSnapshot> current_ BP_GUARDED_BY(mutex_) =
      std::make_shared<const RoutingSnapshot>(std::vector<std::shared_ptr<const Endpoint>>());
  std::atomic<std::uint64_t> version_{1};
};

}  // namespace backplane::host
