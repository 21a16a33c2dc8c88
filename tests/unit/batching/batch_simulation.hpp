#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "host/base/random.hpp"
#include "host/batching/batch_policy.hpp"

namespace backplane::host {

// What one run is made of: arrivals by chance (Poisson) and a handler whose call costs
// `call_cost` plus `item_cost` for each request. A plain value.
struct Workload {
  BatchLimits limits;
  std::chrono::microseconds call_cost{1000};
  std::chrono::microseconds item_cost{50};
  std::chrono::microseconds mean_gap{1000};  // between arrivals
  std::size_t requests = 2000;
  std::uint64_t seed = 1;
};

struct SimulationResult {
  std::vector<Duration> latencies;  // sorted
  std::vector<std::size_t> batches;
  std::size_t idle_while_waiting = 0;  // a replica was free, the queue was not empty, none taken
  Duration longest_hold{};             // from when a replica was free to take it

  Duration quantile(double q) const {
    return latencies[static_cast<std::size_t>(q * static_cast<double>(latencies.size() - 1))];
  }
  double mean_batch() const {
    std::size_t sum = 0;
    for (const std::size_t batch : batches) sum += batch;
    return static_cast<double>(sum) / static_cast<double>(batches.size());
  }
};

// Replicas that pull from one queue by decide(), on a clock that jumps from event to event: the
// policy without threads, so that a run is exact and the same every time. One thread.
class BatchSimulation {
 public:
  explicit BatchSimulation(const Workload& workload)
      : workload_(workload),
        random_(workload.seed),
        busy_until_(workload.limits.num_replicas, TimePoint()) {}

  SimulationResult run() {
    arrive_next();
    while (result_.latencies.size() < workload_.requests) step();
    std::sort(result_.latencies.begin(), result_.latencies.end());
    return std::move(result_);
  }

 private:
  void arrive_next() {
    if (arrived_ == workload_.requests) {
      next_arrival_ = kNever;
      return;
    }
    const double gap = -std::log(1.0 - random_.uniform()) *
                       static_cast<double>(Duration(workload_.mean_gap).count());
    next_arrival_ = now_ + Duration(static_cast<Duration::rep>(gap));
  }

  void step() {
    TimePoint next = std::min(next_arrival_, timer_);
    for (const TimePoint end : busy_until_) {
      if (end > now_) next = std::min(next, end);
    }
    now_ = next;
    if (now_ == next_arrival_) {
      queue_.push_back(now_);
      ++arrived_;
      arrive_next();
    }
    timer_ = kNever;
    for (TimePoint& end : busy_until_) {
      if (end <= now_) pull(end);
    }
  }

  void pull(TimePoint& busy_until) {
    QueueView view{.length = queue_.size()};
    if (!queue_.empty()) {
      view.oldest_arrival = queue_.front();
      view.compatible = std::min<std::size_t>(queue_.size(), workload_.limits.max_batch_size);
    }
    const BatchDecision decision = decide(workload_.limits, view, service_time_, now_);
    if (decision.take == 0) {
      if (!queue_.empty()) ++result_.idle_while_waiting;
      timer_ = std::min(timer_, decision.wait_until);
      return;
    }
    // A replica that was free before the oldest arrived has held it since then.
    const TimePoint held_since = std::max(busy_until, queue_.front());
    result_.longest_hold = std::max(result_.longest_hold, now_ - held_since);
    service_time_ = workload_.call_cost + decision.take * workload_.item_cost;
    busy_until = now_ + service_time_;
    result_.batches.push_back(decision.take);
    for (std::uint32_t i = 0; i < decision.take; ++i) {
      result_.latencies.push_back(busy_until - queue_.front());
      queue_.pop_front();
    }
  }

  const Workload workload_;
  Random random_;
  std::vector<TimePoint> busy_until_;
  std::deque<TimePoint> queue_;  // arrivals
  TimePoint now_{};
  TimePoint next_arrival_ = kNever;
  TimePoint timer_ = kNever;
  std::size_t arrived_ = 0;
  Duration service_time_{};
  SimulationResult result_;
};

}  // namespace backplane::host
