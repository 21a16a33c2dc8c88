#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace backplane::host {

// What one thread counts starts on a line of its own and ends with it, so that no other thread's
// writes take the line away: alignas(kCacheLine) on the struct. The size that every processor we
// build for has; std::hardware_destructive_interference_size differs between compilers.
inline constexpr std::size_t kCacheLine = 64;

// A count with one writing thread and any number of readers. Member of whatever belongs to that
// thread. A load and a store instead of a locked add: the one writer cannot race with itself, and
// readers need no order with other data, so everything is relaxed.
class Counter {
 public:
  // [the writer]
  void add(std::uint64_t n = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  // [the writer] For what is counted while it lasts.
  void subtract(std::uint64_t n = 1) {
    value_.store(value_.load(std::memory_order_relaxed) - n, std::memory_order_relaxed);
  }
  // [any]
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

}  // namespace backplane::host
