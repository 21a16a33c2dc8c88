#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "host/metrics/counter.hpp"
#include "host/plugin/metric_rules.hpp"

namespace backplane::host {

// What one series of a plugin has counted, written by any number of threads; no lock, no
// allocation. Owned by its MetricRegistry. On cache lines of its own, so that only those who
// write the same series wait for each other.
//
// Each value is an atomic of its own and publishes no other data, so everything is relaxed: a
// reader may see an observation in its bucket and not yet in the sum.
class alignas(kCacheLine) MetricSeries {
 public:
  MetricSeries(MetricKind kind, std::span<const double> bounds);
  MetricSeries(const MetricSeries&) = delete;
  MetricSeries& operator=(const MetricSeries&) = delete;

  // [any] Each does nothing to another kind, or with a number that its kind cannot take.
  void add(double n) noexcept;          // counter: from 0, finite; gauge
  void set(double value) noexcept;      // gauge
  void observe(double value) noexcept;  // histogram: finite

  // [any] Of a histogram: the sum.
  double value() const noexcept { return value_.load(std::memory_order_relaxed); }
  // [any] Of a histogram: how many fell into each bucket, the last of which has no bound.
  std::vector<std::uint64_t> counts() const;
  MetricKind kind() const { return kind_; }
  const std::vector<double>& bounds() const { return bounds_; }

 private:
  const std::vector<double> bounds_;
  const std::unique_ptr<std::atomic<std::uint64_t>[]> counts_;  // one more than bounds
  std::atomic<double> value_{0};
  const MetricKind kind_;
};

}  // namespace backplane::host
