#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "host/metrics/latency_histogram.hpp"
#include "host/metrics/size_histogram.hpp"

namespace backplane::host {

// A family of series: its name and what it is, for people. Counters' names end in _total.
struct MetricName {
  std::string_view name;
  std::string_view help;
};

// What tells the series of a family apart. Values are registered names or words of a closed set,
// never a client's text.
struct MetricLabel {
  std::string_view name;
  std::string value;
};
using MetricLabels = std::vector<MetricLabel>;

// A histogram whose buckets somebody else has chosen.
struct BucketSummary {
  std::vector<double> bounds;         // ascending, finite
  std::vector<std::uint64_t> counts;  // by bucket: one more than bounds
  double sum = 0;
};

// One page of the Prometheus text format, filled from readings and then written; the only home of
// prometheus-cpp. Made for one scrape and owned by whoever answers it; one thread.
//
// It holds a bounded number of series, where each line counts as one, and drops what is added
// beyond: what matters most goes in first. The page itself says how many were dropped.
class MetricsPage {
 public:
  static constexpr std::size_t kMaxSeries = 5'000;

  explicit MetricsPage(std::size_t max_series = kMaxSeries);
  ~MetricsPage();
  MetricsPage(const MetricsPage&) = delete;
  MetricsPage& operator=(const MetricsPage&) = delete;

  // Each adds one series, or the lines of one histogram: all of them or none. A family has one
  // kind, which is that of its first series: others are dropped. No two series of it have the same
  // labels.
  void counter(const MetricName& family, const MetricLabels& labels, std::uint64_t value);
  void counter_seconds(const MetricName& family, const MetricLabels& labels, double seconds);
  void gauge(const MetricName& family, const MetricLabels& labels, double value);
  // In seconds; a bucket for each power of two microseconds from 8 us to 67 s.
  void histogram(const MetricName& family, const MetricLabels& labels,
                 const LatencySummary& summary);
  void histogram(const MetricName& family, const MetricLabels& labels, const SizeSummary& summary);
  void histogram(const MetricName& family, const MetricLabels& labels,
                 const BucketSummary& summary);

  // The media type of text().
  static constexpr std::string_view kContentType = "text/plain; version=0.0.4; charset=utf-8";
  std::string text();

 private:
  struct Families;

  // Whether `lines` more fit, and are of their family's kind; counts them as there or as dropped.
  bool admit(std::size_t lines, bool is_of_kind);

  const std::size_t max_series_;
  std::size_t series_ = 1;  // the one that says how many were dropped
  std::size_t dropped_ = 0;
  std::unique_ptr<Families> families_;
};

}  // namespace backplane::host
