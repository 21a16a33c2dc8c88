#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace backplane::host {

enum class MetricKind : std::uint8_t { kCounter, kGauge, kHistogram };

// What tells the series of a name apart; sorted by name, none empty.
using SeriesLabels = std::vector<std::pair<std::string, std::string>>;

// A series as a plugin asks for it. Borrows everything.
struct SeriesRequest {
  MetricKind kind = MetricKind::kCounter;
  std::string_view name;
  std::span<const std::pair<std::string_view, std::string_view>> labels;
  std::span<const double> bounds;  // of a histogram
};

// Why a plugin does not get a series.
enum class SeriesRefusal : std::uint8_t {
  kName,      // not a name for its kind
  kLabels,    // not labels, or too long
  kBounds,    // not bounds of a histogram
  kConflict,  // the name is another kind's, or has other bounds
  kFull,      // the plugin has as many as it may
};
// In their order: the label "reason".
inline constexpr std::array<std::string_view, 5> kSeriesRefusalNames{"name", "labels", "bounds",
                                                                     "conflict", "full"};

inline constexpr std::size_t kMaxMetricName = 128;  // bytes
inline constexpr std::size_t kMaxSeriesLabels = 16;
inline constexpr std::size_t kMaxLabelBytes = 1024;  // of one series, names and values
inline constexpr std::size_t kMaxBounds = 64;

// What abi.h says of names, labels and bounds; nothing when the request keeps to it. Pure.
std::optional<SeriesRefusal> judge(const SeriesRequest& request);

// [any] The labels as they tell series apart: to Prometheus an empty one is none.
SeriesLabels canonical(std::span<const std::pair<std::string_view, std::string_view>> labels);

// The lines of the page that one series takes.
std::size_t lines_of(MetricKind kind, std::size_t bounds);

}  // namespace backplane::host
