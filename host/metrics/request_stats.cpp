#include "host/metrics/request_stats.hpp"

#include <numeric>

namespace backplane::host {

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::kOk:
      return "ok";
    case Outcome::kClientError:
      return "client_error";
    case Outcome::kRejected:
      return "rejected";
    case Outcome::kFailed:
      return "failed";
    case Outcome::kTimeout:
      return "timeout";
    case Outcome::kClientGone:
      return "client_gone";
  }
  return "failed";
}

Outcome outcome_of(unsigned status, bool abandoned) {
  if (status == 504) return Outcome::kTimeout;
  if (abandoned || status == 499) return Outcome::kClientGone;
  if (status == 429 || status == 503) return Outcome::kRejected;
  if (status >= 500) return Outcome::kFailed;
  if (status >= 400) return Outcome::kClientError;
  return Outcome::kOk;
}

std::uint64_t RequestSummary::total() const {
  return std::accumulate(outcomes.begin(), outcomes.end(), std::uint64_t{0});
}

RequestSummary& RequestSummary::operator+=(const RequestSummary& other) {
  for (std::size_t i = 0; i < kOutcomes; ++i) outcomes[i] += other.outcomes[i];
  latency += other.latency;
  return *this;
}

void RequestStats::record(std::size_t shard, Outcome outcome, std::chrono::nanoseconds latency) {
  Shard& mine = shards_[shard];
  mine.outcomes[static_cast<std::size_t>(outcome)].add();
  mine.latency.record(latency);
}

RequestSummary RequestStats::read() const {
  RequestSummary sum;
  for (const Shard& shard : shards_) {
    for (std::size_t i = 0; i < kOutcomes; ++i) sum.outcomes[i] += shard.outcomes[i].value();
    sum.latency += shard.latency.read();
  }
  return sum;
}

}  // namespace backplane::host
