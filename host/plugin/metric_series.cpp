#include "host/plugin/metric_series.hpp"

#include <algorithm>
#include <cmath>

namespace backplane::host {

MetricSeries::MetricSeries(MetricKind kind, std::span<const double> bounds)
    : bounds_(bounds.begin(), bounds.end()),
      counts_(kind == MetricKind::kHistogram
                  ? std::make_unique<std::atomic<std::uint64_t>[]>(bounds_.size() + 1)
                  : nullptr),
      kind_(kind) {}

void MetricSeries::add(double n) noexcept {
  if (kind_ == MetricKind::kHistogram) return;
  if (kind_ == MetricKind::kCounter && !(n >= 0 && std::isfinite(n))) return;
  value_.fetch_add(n, std::memory_order_relaxed);
}

void MetricSeries::set(double value) noexcept {
  if (kind_ == MetricKind::kGauge) value_.store(value, std::memory_order_relaxed);
}

void MetricSeries::observe(double value) noexcept {
  if (kind_ != MetricKind::kHistogram || !std::isfinite(value)) return;
  // A bucket holds what is at most its bound.
  const auto bucket = std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin();
  counts_[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  value_.fetch_add(value, std::memory_order_relaxed);
}

std::vector<std::uint64_t> MetricSeries::counts() const {
  std::vector<std::uint64_t> read;
  if (counts_ == nullptr) return read;
  read.reserve(bounds_.size() + 1);
  for (std::size_t i = 0; i <= bounds_.size(); ++i) {
    read.push_back(counts_[i].load(std::memory_order_relaxed));
  }
  return read;
}

}  // namespace backplane::host
