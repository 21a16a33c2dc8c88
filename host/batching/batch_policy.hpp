#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "host/base/clock.hpp"

namespace backplane::host {

// How the queue of one backend is cut into batches. Plain values.
struct BatchLimits {
  // 1: the handler is called for one request at a time.
  std::uint32_t max_batch_size = 1;
  // How long the oldest request may wait for company; 0: never.
  std::chrono::milliseconds batch_wait_timeout{0};
  std::uint32_t num_replicas = 1;
  // How many calls of the handler one replica has out at a time; more than one: it is async.
  std::uint32_t concurrency = 1;
  // The most that an unbatched replica takes at once; 1..kMaxPull.
  std::uint32_t max_pull = 64;
};

// What decide() needs to know of the queue.
struct QueueView {
  std::size_t length = 0;
  // How many requests at the front may go into one batch together; at most max_batch_size counted.
  std::size_t compatible = 0;
  // Of the compatible ones: who came first, and by when the first of them should be served.
  TimePoint oldest_arrival{};
  TimePoint tightest_deadline = kNever;
};

// take > 0: hand out that many now. take == 0: wait for more, until `wait_until` at the latest
// (kNever: until something is pushed).
struct BatchDecision {
  std::uint32_t take = 0;
  TimePoint wait_until = kNever;

  bool operator==(const BatchDecision&) const = default;
};

// What a free replica does now. Pure. `service_time` is what one call of the handler has
// taken lately (0: not known yet).
//
// Batched: what is there, up to max_batch_size. It waits only when batch_wait_timeout says so,
// counted from the oldest request's arrival, and stops waiting for a full batch, for a batch that
// cannot grow (the next request may not join it), and when the tightest deadline would be missed.
//
// Unbatched: a fair share of the queue, so that a wake serves a burst, but no more than fits in
// kPullBudget, so that no request waits behind another while a sibling idles. Where the handler is
// async nothing waits behind another.
BatchDecision decide(const BatchLimits& limits, const QueueView& queue, Duration service_time,
                     TimePoint now);

// How long a queue of `length` requests takes the replicas to empty; what one call takes is
// `service_time`. Pure.
std::chrono::milliseconds drain_time(const BatchLimits& limits, std::size_t length,
                                     Duration service_time);

// Upper bound of max_batch_size.
inline constexpr std::uint32_t kMaxBatchSize = 1024;
inline constexpr std::uint32_t kMaxPull = 64;
inline constexpr std::chrono::microseconds kPullBudget{100};

}  // namespace backplane::host
