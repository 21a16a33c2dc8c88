#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/base/mutex.hpp"
#include "host/plugin/metric_rules.hpp"
#include "host/plugin/metric_series.hpp"

namespace backplane::host {

// A series as it stood when it was read. A plain value.
struct SeriesReading {
  MetricKind kind = MetricKind::kCounter;
  std::string name;
  SeriesLabels labels;
  double value = 0;                   // of a histogram: the sum
  std::vector<double> bounds;         // of a histogram
  std::vector<std::uint64_t> counts;  // of a histogram, by bucket: one more than bounds
};

// The series of one plugin, by its name in the host. Shared by its loaded generations, so that a
// reload goes on counting and what cannot be unmapped may count for good; gone with the last of
// them. Thread-safe; a series, once made, is reached without a lock.
class MetricRegistry {
 public:
  // Lines of the page: a histogram takes several.
  static constexpr std::size_t kMaxLines = 1'000;

  explicit MetricRegistry(std::string plugin) : plugin_(std::move(plugin)) {}
  MetricRegistry(const MetricRegistry&) = delete;
  MetricRegistry& operator=(const MetricRegistry&) = delete;

  // [any] The handle of a series, which is made if there is none; 0: refused, which is counted, and
  // logged the first time for each reason.
  std::uint64_t series(const SeriesRequest& request);

  // [any] Null for what is no handle. Neither locks nor allocates.
  MetricSeries* find(std::uint64_t handle) const noexcept {
    if (handle == 0 || handle > kMaxLines) return nullptr;
    return table_[handle - 1].load(std::memory_order_acquire);
  }

  // [any] Ordered by name.
  std::vector<SeriesReading> read() const;
  std::uint64_t refused(SeriesRefusal why) const {
    return refused_[static_cast<std::size_t>(why)].load(std::memory_order_relaxed);
  }

 private:
  // What the series of a name have in common, and their handles.
  struct Family {
    std::vector<double> bounds;
    std::map<SeriesLabels, std::uint64_t> handles;
    MetricKind kind = MetricKind::kCounter;
  };
  using Families = std::map<std::string, Family, std::less<>>;

  // Sets `handle`, or says why not.
  std::optional<SeriesRefusal> find_or_add(const SeriesRequest& request, std::uint64_t& handle);
  bool conflicts(const SeriesRequest& request) const BP_REQUIRES(mutex_);
  bool has_histogram(std::string_view name) const BP_REQUIRES(mutex_);
  void refuse(std::string_view name, SeriesRefusal why);

  const std::string plugin_;
  std::array<std::atomic<std::uint64_t>, kSeriesRefusalNames.size()> refused_{};
  // By handle - 1. Filled in order and never emptied: release and acquire, so that who was given a
  // handle by another thread finds the series whole.
  std::array<std::atomic<MetricSeries*>, kMaxLines> table_{};

  mutable Mutex mutex_;
  Families families_ BP_GUARDED_BY(mutex_);
  std::vector<std::unique_ptr<MetricSeries>> owned_ BP_GUARDED_BY(mutex_);
  std::size_t lines_ BP_GUARDED_BY(mutex_) = 0;
};

}  // namespace backplane::host
