#include "host/plugin/metric_rules.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "host/json/utf8.hpp"

namespace backplane::host {
namespace {

using Labels = std::span<const std::pair<std::string_view, std::string_view>>;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// The data model also knows colons in names of metrics, and keeps them for recording rules.
bool is_name(std::string_view name) {
  return !name.empty() && is_letter(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

bool is_metric_name(std::string_view name, MetricKind kind) {
  return name.size() <= kMaxMetricName && is_name(name) && !name.starts_with("backplane_") &&
         name.ends_with("_total") == (kind == MetricKind::kCounter);
}

bool is_label_name(std::string_view name) {
  return is_name(name) && !name.starts_with("__") && name != "plugin" && name != "le";
}

bool are_labels(Labels labels) {
  if (labels.size() > kMaxSeriesLabels) return false;
  std::size_t left = kMaxLabelBytes;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto& [name, value] = labels[i];
    if (name.size() > left || value.size() > left - name.size()) return false;
    left -= name.size() + value.size();
    if (!is_label_name(name) || !is_utf8(value)) return false;
    for (const auto& other : labels.first(i)) {
      if (other.first == name) return false;
    }
  }
  return true;
}

bool are_bounds(std::span<const double> bounds) {
  return !bounds.empty() && bounds.size() <= kMaxBounds &&
         std::all_of(bounds.begin(), bounds.end(),
                     [](double bound) { return std::isfinite(bound); }) &&
         std::adjacent_find(bounds.begin(), bounds.end(), std::greater_equal<>()) == bounds.end();
}

}  // namespace

std::optional<SeriesRefusal> judge(const SeriesRequest& request) {
  if (!is_metric_name(request.name, request.kind)) return SeriesRefusal::kName;
  if (!are_labels(request.labels)) return SeriesRefusal::kLabels;
  if (request.kind == MetricKind::kHistogram && !are_bounds(request.bounds)) {
    return SeriesRefusal::kBounds;
  }
  return std::nullopt;
}

SeriesLabels canonical(Labels labels) {
  SeriesLabels sorted;
  sorted.reserve(labels.size());
  for (const auto& [name, value] : labels) {
    if (!value.empty()) sorted.emplace_back(name, value);
  }
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

std::size_t lines_of(MetricKind kind, std::size_t bounds) {
  constexpr std::size_t kOtherLines = 3;  // +Inf, _sum, _count
  return kind == MetricKind::kHistogram ? bounds + kOtherLines : 1;
}

}  // namespace backplane::host
