#pragma once

#include <atomic>
#include <cstdint>

namespace backplane::host {

// How many connections a listener may have, over all its io threads. Owned by the HttpServer;
// thread-safe. Relaxed, because the number publishes nothing but itself.
class ConnectionBudget {
 public:
  explicit ConnectionBudget(std::uint32_t limit) : limit_(limit) {}

  // [any] False when the limit has been reached.
  bool take() {
    if (used_.fetch_add(1, std::memory_order_relaxed) < limit_) return true;
    give_back();
    return false;
  }
  // [any]
  void give_back() { used_.fetch_sub(1, std::memory_order_relaxed); }

 private:
  const std::uint32_t limit_;
  std::atomic<std::uint32_t> used_{0};
};

}  // namespace backplane::host
