#include "host/plugin/metric_registry.hpp"

#include <algorithm>
#include <utility>

#include "host/base/log.hpp"
#include "host/plugin/plugin_text.hpp"

namespace backplane::host {
namespace {

// What a histogram's name stands with on the page.
constexpr std::array<std::string_view, 3> kHistogramEnds{"_bucket", "_sum", "_count"};

// In the order of SeriesRefusal.
constexpr std::array<std::string_view, kSeriesRefusalNames.size()> kWhy{
    "is no name for its kind: [a-zA-Z_][a-zA-Z0-9_]*, ending in _total if and only if it is a "
    "counter's, not beginning with backplane_",
    "has labels that are none, stand twice, are the host's or are too long",
    "has bounds that are not 1 to 64 finite numbers in ascending order",
    "is another metric's: of another kind, or with other bounds",
    "is one too many: the plugin's series take 1000 lines of the page"};

}  // namespace

std::uint64_t MetricRegistry::series(const SeriesRequest& request) {
  std::uint64_t handle = 0;
  std::optional<SeriesRefusal> why = judge(request);
  if (!why) why = find_or_add(request, handle);
  if (why) refuse(request.name, *why);
  return handle;
}

std::optional<SeriesRefusal> MetricRegistry::find_or_add(const SeriesRequest& request,
                                                         std::uint64_t& handle) {
  SeriesLabels labels = canonical(request.labels);
  const std::size_t lines = lines_of(request.kind, request.bounds.size());
  MutexLock lock(mutex_);
  if (conflicts(request)) return SeriesRefusal::kConflict;
  auto family = families_.find(request.name);
  if (family != families_.end()) {
    const auto known = family->second.handles.find(labels);
    if (known != family->second.handles.end()) {
      handle = known->second;
      return std::nullopt;
    }
  }
  if (lines > kMaxLines - lines_) return SeriesRefusal::kFull;
  lines_ += lines;
  owned_.push_back(std::make_unique<MetricSeries>(request.kind, request.bounds));
  table_[owned_.size() - 1].store(owned_.back().get(), std::memory_order_release);
  if (family == families_.end()) {
    Family added{.bounds = owned_.back()->bounds(), .handles = {}, .kind = request.kind};
    family = families_.emplace(request.name, std::move(added)).first;
  }
  handle = owned_.size();
  family->second.handles.emplace(std::move(labels), handle);
  return std::nullopt;
}

bool MetricRegistry::conflicts(const SeriesRequest& request) const {
  const auto found = families_.find(request.name);
  if (found != families_.end()) {
    const Family& family = found->second;
    return family.kind != request.kind || !std::equal(family.bounds.begin(), family.bounds.end(),
                                                      request.bounds.begin(), request.bounds.end());
  }
  for (const std::string_view end : kHistogramEnds) {
    if (request.name.ends_with(end) &&
        has_histogram(request.name.substr(0, request.name.size() - end.size()))) {
      return true;
    }
    if (request.kind == MetricKind::kHistogram &&
        families_.count(std::string(request.name) + std::string(end)) > 0) {
      return true;
    }
  }
  return false;
}

bool MetricRegistry::has_histogram(std::string_view name) const {
  const auto found = families_.find(name);
  return found != families_.end() && found->second.kind == MetricKind::kHistogram;
}

void MetricRegistry::refuse(std::string_view name, SeriesRefusal why) {
  const auto reason = static_cast<std::size_t>(why);
  if (refused_[reason].fetch_add(1, std::memory_order_relaxed) > 0) return;
  log_warning(plugin_, "metric '" + printable(name, kMaxMetricName) + "' " +
                           std::string(kWhy[reason]) +
                           "; it is dropped, and so, without a word, is what follows of that kind");
}

std::vector<SeriesReading> MetricRegistry::read() const {
  std::vector<SeriesReading> readings;
  MutexLock lock(mutex_);
  readings.reserve(owned_.size());
  for (const auto& [name, family] : families_) {
    for (const auto& [labels, handle] : family.handles) {
      const MetricSeries& series = *owned_[handle - 1];
      readings.push_back({.kind = family.kind,
                          .name = name,
                          .labels = labels,
                          .value = series.value(),
                          .bounds = family.bounds,
                          .counts = series.counts()});
    }
  }
  return readings;
}

}  // namespace backplane::host
