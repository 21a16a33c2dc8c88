#include "host/metrics/metrics_page.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>
#include <sstream>
#include <utility>

namespace backplane::host {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricType;

constexpr MetricName kDropped{"backplane_metrics_dropped_series",
                              "Series that did not fit on this page."};
// Bounds of the exported buckets as powers of two microseconds. LatencySummary has eight times as
// many: with those a handful of backends would fill the page.
constexpr unsigned kFirstBound = 3;
constexpr unsigned kLastBound = 26;
// A histogram's lines beside its finite buckets: +Inf, _sum, _count.
constexpr std::size_t kOtherLines = 3;

ClientMetric labelled(const MetricLabels& labels) {
  ClientMetric metric;
  for (const MetricLabel& label : labels) {
    metric.label.push_back({std::string(label.name), label.value});
  }
  std::sort(metric.label.begin(), metric.label.end());
  return metric;
}

void add_bucket(ClientMetric& metric, double upper_bound, std::uint64_t cumulative) {
  metric.histogram.bucket.push_back({.cumulative_count = cumulative, .upper_bound = upper_bound});
}

void close_histogram(ClientMetric& metric, std::uint64_t count, double sum) {
  add_bucket(metric, std::numeric_limits<double>::infinity(), count);
  metric.histogram.sample_count = count;
  metric.histogram.sample_sum = sum;
}

}  // namespace

struct MetricsPage::Families {
  std::vector<prometheus::MetricFamily> in_order;
  std::map<std::string, std::size_t, std::less<>> places;

  bool fits(const MetricName& family, MetricType type) const {
    const auto found = places.find(family.name);
    return found == places.end() || in_order[found->second].type == type;
  }

  void add(const MetricName& family, MetricType type, ClientMetric metric) {
    auto found = places.find(family.name);
    if (found == places.end()) {
      found = places.emplace(family.name, in_order.size()).first;
      prometheus::MetricFamily& added = in_order.emplace_back();
      added.name = family.name;
      added.help = family.help;
      added.type = type;
    }
    in_order[found->second].metric.push_back(std::move(metric));
  }
};

MetricsPage::MetricsPage(std::size_t max_series)
    : max_series_(max_series), families_(std::make_unique<Families>()) {}

MetricsPage::~MetricsPage() = default;

bool MetricsPage::admit(std::size_t lines, bool is_of_kind) {
  if (!is_of_kind || lines > max_series_ - std::min(series_, max_series_)) {
    dropped_ += lines;
    return false;
  }
  series_ += lines;
  return true;
}

void MetricsPage::counter(const MetricName& family, const MetricLabels& labels,
                          std::uint64_t value) {
  counter_seconds(family, labels, static_cast<double>(value));
}

void MetricsPage::counter_seconds(const MetricName& family, const MetricLabels& labels,
                                  double seconds) {
  if (!admit(1, families_->fits(family, MetricType::Counter))) return;
  ClientMetric metric = labelled(labels);
  metric.counter.value = seconds;
  families_->add(family, MetricType::Counter, std::move(metric));
}

void MetricsPage::gauge(const MetricName& family, const MetricLabels& labels, double value) {
  if (!admit(1, families_->fits(family, MetricType::Gauge))) return;
  ClientMetric metric = labelled(labels);
  metric.gauge.value = value;
  families_->add(family, MetricType::Gauge, std::move(metric));
}

void MetricsPage::histogram(const MetricName& family, const MetricLabels& labels,
                            const LatencySummary& summary) {
  const bool is_histogram = families_->fits(family, MetricType::Histogram);
  if (!admit(kLastBound - kFirstBound + 1 + kOtherLines, is_histogram)) return;
  ClientMetric metric = labelled(labels);
  for (unsigned bound = kFirstBound; bound <= kLastBound; ++bound) {
    const auto us = static_cast<double>(std::uint64_t{1} << bound);
    add_bucket(metric, us / 1e6, summary.shorter_than(bound));
  }
  close_histogram(metric, summary.count, static_cast<double>(summary.sum_us) / 1e6);
  families_->add(family, MetricType::Histogram, std::move(metric));
}

void MetricsPage::histogram(const MetricName& family, const MetricLabels& labels,
                            const SizeSummary& summary) {
  constexpr std::size_t kFinite = SizeSummary::kBuckets - 1;
  if (!admit(kFinite + kOtherLines, families_->fits(family, MetricType::Histogram))) return;
  ClientMetric metric = labelled(labels);
  std::uint64_t cumulative = 0;
  for (std::size_t i = 0; i < kFinite; ++i) {
    cumulative += summary.counts[i];
    add_bucket(metric, static_cast<double>(std::uint64_t{1} << i), cumulative);
  }
  close_histogram(metric, summary.count, static_cast<double>(summary.sum));
  families_->add(family, MetricType::Histogram, std::move(metric));
}

void MetricsPage::histogram(const MetricName& family, const MetricLabels& labels,
                            const BucketSummary& summary) {
  const std::size_t lines = summary.bounds.size() + kOtherLines;
  if (!admit(lines, families_->fits(family, MetricType::Histogram))) return;
  ClientMetric metric = labelled(labels);
  std::uint64_t cumulative = 0;
  for (std::size_t i = 0; i < summary.bounds.size(); ++i) {
    cumulative += summary.counts[i];
    add_bucket(metric, summary.bounds[i], cumulative);
  }
  close_histogram(metric, cumulative + summary.counts.back(), summary.sum);
  families_->add(family, MetricType::Histogram, std::move(metric));
}

std::string MetricsPage::text() {
  std::vector<prometheus::MetricFamily> families = families_->in_order;
  ClientMetric dropped;
  dropped.gauge.value = static_cast<double>(dropped_);
  prometheus::MetricFamily& last = families.emplace_back();
  last.name = kDropped.name;
  last.help = kDropped.help;
  last.type = MetricType::Gauge;
  last.metric.push_back(std::move(dropped));
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, families);
  return std::move(out).str();
}

}  // namespace backplane::host
