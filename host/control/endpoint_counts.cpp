#include "host/control/endpoint_counts.hpp"

#include <algorithm>
#include <atomic>

namespace backplane::host {
namespace {

// Snapshots hold what their requests write to, and only this thread could hand out another
// reference: when ours is the last one, it is so for good. use_count() is a relaxed load; the fence
// makes it see what was counted before the others let go, which they do with release.
bool unused(const std::shared_ptr<RequestStats>& stats) {
  const bool last = stats.use_count() == 1;
  std::atomic_thread_fence(std::memory_order_acquire);
  return last;
}

}  // namespace

bool EndpointCounts::Kept::idle() const {
  return std::all_of(generations.begin(), generations.end(),
                     [](const auto& entry) { return unused(entry.second); });
}

RequestSummary EndpointCounts::Kept::sum() const {
  RequestSummary sum = older;
  for (const auto& [generation, stats] : generations) sum += stats->read();
  return sum;
}

const std::shared_ptr<RequestStats>& EndpointCounts::arm(const std::string& tag,
                                                         std::uint64_t generation) {
  auto& stats = kept_[tag].generations[generation];
  if (stats == nullptr) stats = std::make_shared<RequestStats>(shards_);
  return stats;
}

void EndpointCounts::fold() {
  for (auto& [tag, kept] : kept_) {
    auto& generations = kept.generations;
    for (auto it = generations.begin();
         it != generations.end() && generations.size() > kKeptGenerations;) {
      if (!unused(it->second)) {
        ++it;
        continue;
      }
      kept.older += it->second->read();
      it = generations.erase(it);
    }
  }
  for (auto it = kept_.begin(); it != kept_.end() && kept_.size() > kKeptBackends;) {
    if (!it->second.idle()) {
      ++it;
      continue;
    }
    gone_ += it->second.sum();
    it = kept_.erase(it);
  }
}

std::vector<EndpointSeries> EndpointCounts::series() const {
  std::vector<EndpointSeries> all;
  all.push_back({"", "", unrouted_->read()});
  if (gone_.total() > 0) all.push_back({"", "older", gone_});
  for (const auto& [tag, kept] : kept_) {
    if (kept.older.total() > 0) all.push_back({tag, "older", kept.older});
    for (const auto& [generation, stats] : kept.generations) {
      all.push_back({tag, generation == 0 ? "" : std::to_string(generation), stats->read()});
    }
  }
  return all;
}

RequestSummary EndpointCounts::total() const {
  RequestSummary sum = unrouted_->read();
  sum += gone_;
  for (const auto& [tag, kept] : kept_) sum += kept.sum();
  return sum;
}

RequestSummary EndpointCounts::of_generation(const std::string& tag,
                                             std::uint64_t generation) const {
  const auto kept = kept_.find(tag);
  if (kept == kept_.end()) return {};
  const auto found = kept->second.generations.find(generation);
  return found == kept->second.generations.end() ? RequestSummary{} : found->second->read();
}

RequestSummary EndpointCounts::of_backend(const std::string& tag) const {
  const auto found = kept_.find(tag);
  return found == kept_.end() ? RequestSummary{} : found->second.sum();
}

}  // namespace backplane::host
