#include "host/backend/replica_stats.hpp"

namespace backplane::host {

void ReplicaStats::count(std::span<Exchange* const> batch) {
  executions_.add();
  requests_.add(batch.size());
  batch_size_.record(batch.size());
  handler_time_.record(batch.front()->finished - batch.front()->started);
  for (const Exchange* exchange : batch) count_request(*exchange);
}

void ReplicaStats::count_start(std::size_t size) {
  executions_.add();
  batch_size_.record(size);
}

void ReplicaStats::count_answer(const Exchange& exchange) {
  requests_.add();
  handler_time_.record(exchange.finished - exchange.started);
  count_request(exchange);
}

void ReplicaStats::count_request(const Exchange& exchange) {
  queue_time_.record(exchange.started - exchange.queued);
  // An answer in pieces may fail behind a good status.
  if (exchange.response.status >= 500 || exchange.fault != HandlerFault::kNone) failures_.add();
  if (exchange.fault != HandlerFault::kNone) {
    faults_[static_cast<std::size_t>(exchange.fault)].add();
  }
}

void ReplicaStats::add_to(ReplicaSummary& sum) const {
  sum.executions += executions_.value();
  sum.requests += requests_.value();
  sum.failures += failures_.value();
  sum.restarts += restarts_.value();
  sum.queue_time += queue_time_.read();
  sum.handler_time += handler_time_.read();
  sum.batch_size += batch_size_.read();
  for (std::size_t i = 0; i < faults_.size(); ++i) sum.faults[i] += faults_[i].value();
}

}  // namespace backplane::host
