#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "host/metrics/counter.hpp"

namespace backplane::host {

// Whose turn it is at an endpoint whose policy goes round. Owned by the Endpoint and shared by all
// io threads, so that twenty requests over two backends are ten each, whichever threads they came
// in on. That is one contended cache line for each request, which the random policy does without;
// it lies on a line of its own, so that it costs the reads of the endpoint nothing. Thread-safe.
class alignas(kCacheLine) Rotation {
 public:
  // [io] 0, 1, 2, …, each once. Relaxed: the number is all that is passed on.
  std::uint64_t next() { return turn_.fetch_add(1, std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> turn_{0};
};

// Which of `arms` (> 0) has turn `turn`, when each keeps it for `in_a_row` (> 0) turns. Pure.
constexpr std::size_t whose_turn(std::uint64_t turn, std::uint32_t in_a_row, std::size_t arms) {
  return static_cast<std::size_t>(turn / in_a_row % arms);
}

}  // namespace backplane::host
