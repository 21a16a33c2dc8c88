#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <backplane/abi.h>
#include <backplane/detail/text.hpp>
#include <backplane/metrics.hpp>

namespace backplane {

// A series of a handler under test, as it stands.
struct TestMetric {
  bool exists = false;                      // false: nobody made it, or it was against the rules
  double value = 0;                         // of a histogram: the sum
  std::uint64_t count = 0;                  // of a histogram: how many values
  std::vector<std::uint64_t> buckets = {};  // of a histogram: how many fell into each; one more
                                            // than it has bounds
};

// The metrics of a host, enough to read them back: names are judged as the host does, labels not
// all the way. Owned by the TestHost; any thread.
class TestMetrics {
 public:
  TestMetric find(std::string_view name, const Labels& labels) const {
    const std::lock_guard lock(mutex_);
    const auto found = handles_.find({std::string(name), sorted(labels)});
    return found == handles_.end() ? TestMetric{} : series_[found->second - 1].metric;
  }

  enum class Kind : std::uint8_t { kCounter, kGauge, kHistogram };

  // The handle, or 0.
  std::uint64_t make(Kind kind, std::string_view name, const Labels& labels,
                     std::vector<double> bounds = {}) {
    const std::lock_guard lock(mutex_);
    if (!is_metric_name(name, kind)) return 0;
    if (kind == Kind::kHistogram && !are_bounds(bounds)) return 0;
    if (!std::all_of(labels.begin(), labels.end(),
                     [](const Label& label) { return is_label_name(label.name); })) {
      return 0;
    }
    const auto family = families_.try_emplace(std::string(name), kind, bounds).first;
    if (family->second != std::pair(kind, bounds)) return 0;
    const auto [place, added] =
        handles_.try_emplace({std::string(name), sorted(labels)}, series_.size() + 1);
    if (added) {
      Series& made = series_.emplace_back();
      made.kind = kind;
      made.metric.exists = true;
      made.metric.buckets.resize(kind == Kind::kHistogram ? bounds.size() + 1 : 0);
      made.bounds = std::move(bounds);
    }
    return place->second;
  }

  void add(std::uint64_t handle, double n) {
    const std::lock_guard lock(mutex_);
    Series* const series = of(handle);
    if (series == nullptr || series->kind == Kind::kHistogram) return;
    if (series->kind == Kind::kGauge || n >= 0) series->metric.value += n;
  }

  void set(std::uint64_t handle, double value) {
    const std::lock_guard lock(mutex_);
    Series* const series = of(handle);
    if (series != nullptr && series->kind == Kind::kGauge) series->metric.value = value;
  }

  void observe(std::uint64_t handle, double value) {
    const std::lock_guard lock(mutex_);
    Series* const series = of(handle);
    if (series == nullptr || series->kind != Kind::kHistogram) return;
    const auto& bounds = series->bounds;
    const auto bucket = std::lower_bound(bounds.begin(), bounds.end(), value) - bounds.begin();
    ++series->metric.buckets[static_cast<std::size_t>(bucket)];
    ++series->metric.count;
    series->metric.value += value;
  }

 private:
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  struct Series {
    Kind kind = Kind::kCounter;
    std::vector<double> bounds;
    TestMetric metric;
  };

  static Pairs sorted(const Labels& labels) {
    Pairs pairs;
    for (const auto& [name, value] : labels) {
      if (!value.empty()) pairs.emplace_back(name, value);
    }
    std::sort(pairs.begin(), pairs.end());
    return pairs;
  }

  static bool is_name(std::string_view name) {
    const auto is_letter = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    };
    return !name.empty() && is_letter(name.front()) &&
           std::all_of(name.begin(), name.end(),
                       [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
  }

  static bool is_metric_name(std::string_view name, Kind kind) {
    return is_name(name) && !name.starts_with("backplane_") &&
           name.ends_with("_total") == (kind == Kind::kCounter);
  }

  static bool is_label_name(std::string_view name) {
    return is_name(name) && !name.starts_with("__") && name != "plugin" && name != "le";
  }

  static bool are_bounds(const std::vector<double>& bounds) {
    return !bounds.empty() && std::is_sorted(bounds.begin(), bounds.end());
  }

  Series* of(std::uint64_t handle) {
    return handle == 0 || handle > series_.size() ? nullptr : &series_[handle - 1];
  }

  mutable std::mutex mutex_;
  std::map<std::string, std::pair<Kind, std::vector<double>>> families_;
  std::map<std::pair<std::string, Pairs>, std::uint64_t> handles_;
  std::vector<Series> series_;  // by handle - 1
};

}  // namespace backplane
