#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "host/base/clock.hpp"
#include "host/base/mutex.hpp"
#include "host/base/status.hpp"
#include "host/batching/batch_policy.hpp"
#include "host/batching/request_list.hpp"
#include "host/batching/request_queue.hpp"

namespace backplane::host {

// A bounded queue that hands out batches, what is due first at their head. Owned by one Backend,
// filled by io threads and emptied by that backend's replicas. Thread-safe.
//
// A plain mutex: with one push for a burst and one wake for a batch it measures as well as a
// lock-free ring (a wake for each request is what halves throughput).
class BatchCollector {
 public:
  // `max_queue` >= 1: requests that may wait.
  BatchCollector(BatchLimits limits, std::size_t max_queue);

  // [any] Takes requests from the front of `burst` and never blocks. What it leaves was refused:
  // kResourceExhausted "queue_full": the queue is full.  kUnavailable: closed for good.
  Status push(RequestList& burst, TimePoint now);

  // What a replica does next: run `requests`, or, when there are none, look for another order
  // (called) or stop (closed and drained).
  struct Pull {
    RequestList requests;
    bool together = false;  // in one execute()
    bool called = false;
  };

  // [replica] Blocks until a batch is ready, the queue is closed and drained, or call_replicas()
  // was called after the `calls` that this replica has answered, which then counts one more.
  // Requests that expired or were abandoned leave here unexecuted (504, 499). `service_time`: what
  // one call of the handler has taken lately, 0 when not known. `most` >= 1: what this replica can
  // take at most, whatever the limits allow.
  Pull pop_batch(Duration service_time, std::uint64_t& calls, std::uint32_t most = kMaxBatchSize);

  // [any] Makes every replica return from pop_batch() once, before it takes another request.
  void call_replicas();
  // [any] From the next batch on. `max_queue` >= 1; what waits already stays, be it more.
  void set_limits(const BatchLimits& limits, std::size_t max_queue);

  // [any] Refuses every later push; what is queued is still handed out, at once.
  void close();
  // [any] Closes, and takes what is queued away from the replicas.
  RequestList close_and_take();

  // [any] Requests that wait now. A reading that takes no lock: whoever looks at a backend from
  // outside must not hold up those who serve.
  std::size_t depth() const { return depth_.load(std::memory_order_relaxed); }
  // [any] How long the replicas will need for what waits now.
  std::chrono::milliseconds drain_estimate() const;

 private:
  struct Taken {
    RequestList ready;
    RequestList expired;
    RequestList abandoned;
  };

  // Whether two requests may be in one execute().
  static bool go_together(const Exchange& one, const Exchange& other);
  QueueView view() const BP_REQUIRES(mutex_);
  Taken take(std::uint32_t count, TimePoint now) BP_REQUIRES(mutex_);
  // How many sleeping replicas the queue is worth now; they count as awake from here on.
  std::uint32_t claim_sleepers(TimePoint now) BP_REQUIRES(mutex_);
  void sleep(TimePoint until, std::uint32_t most) BP_REQUIRES(mutex_);

  mutable Mutex mutex_;
  BatchLimits limits_ BP_GUARDED_BY(mutex_);
  std::size_t max_queue_ BP_GUARDED_BY(mutex_);
  std::uint64_t calls_ BP_GUARDED_BY(mutex_) = 0;  // of call_replicas()
  CondVar ready_;
  RequestQueue queue_ BP_GUARDED_BY(mutex_);
  std::atomic<std::size_t> depth_{0};  // queue_.size(), stored under the mutex
  bool closed_ BP_GUARDED_BY(mutex_) = false;
  // Replicas in ready_.wait() that nobody has claimed yet, and wakes that are on their way. A
  // push wakes only as many as the queue needs beyond those already coming.
  std::uint32_t sleeping_ BP_GUARDED_BY(mutex_) = 0;
  std::uint32_t waking_ BP_GUARDED_BY(mutex_) = 0;
  // Replicas that wait for a batch to fill, and the earliest time at which one will look again.
  std::uint32_t forming_ BP_GUARDED_BY(mutex_) = 0;
  TimePoint forming_until_ BP_GUARDED_BY(mutex_) = kNever;
  // No more than what the one of them with the least room can take.
  std::uint32_t forming_most_ BP_GUARDED_BY(mutex_) = kMaxBatchSize;
  Duration service_time_ BP_GUARDED_BY(mutex_){};
};

}  // namespace backplane::host
