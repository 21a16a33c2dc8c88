#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "host/message/exchange.hpp"
#include "host/metrics/counter.hpp"
#include "host/metrics/latency_histogram.hpp"
#include "host/metrics/size_histogram.hpp"

namespace backplane::host {

// What replicas have done, as one value: one replica's, or a sum.
struct ReplicaSummary {
  std::uint64_t executions = 0;  // calls of the handler
  std::uint64_t requests = 0;    // requests in them
  std::uint64_t failures = 0;    // of those, answered 5xx
  std::uint64_t restarts = 0;    // handlers made in the place of one that was not well
  LatencySummary queue_time;     // from the queue to the handler, by request
  LatencySummary handler_time;   // by execution; by request where the handler is async
  SizeSummary batch_size;        // by execution
  std::array<std::uint64_t, kHandlerFaultNames.size()> faults{};  // by HandlerFault
};

// What one replica has done since it was made. Member of the Replica, written by its thread, read
// from anywhere.
class alignas(kCacheLine) ReplicaStats {
 public:
  // [replica] One execution of all of `batch` is over; nothing in it has been completed yet. Takes
  // its times from the exchanges and reads no clock.
  void count(std::span<Exchange* const> batch);
  // The same of an async handler, in two parts. [replica] An execution of `size` requests begins.
  void count_start(std::size_t size);
  // [any, one at a time] One of them is answered, and has not been completed yet; its handler time
  // is its own.
  void count_answer(const Exchange& exchange);
  // [replica] Another handler is there in the place of the one before.
  void count_restart() { restarts_.add(); }
  // [any]
  void add_to(ReplicaSummary& sum) const;

 private:
  void count_request(const Exchange& exchange);

  Counter executions_;
  Counter requests_;
  Counter failures_;
  Counter restarts_;
  LatencyHistogram queue_time_;
  LatencyHistogram handler_time_;
  SizeHistogram batch_size_;
  std::array<Counter, kHandlerFaultNames.size()> faults_;
};

}  // namespace backplane::host
