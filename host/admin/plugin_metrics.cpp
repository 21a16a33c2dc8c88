#include "host/admin/plugin_metrics.hpp"

#include <cstddef>
#include <string_view>
#include <utility>

namespace backplane::host {
namespace {

constexpr MetricName kDropped{"backplane_plugin_metrics_dropped_total",
                              "Series that a plugin asked for and did not get, by reason."};
// Of every series of a plugin: the ABI has no words for it.
constexpr std::string_view kHelp = "A metric of a plugin.";

void write_series(const std::string& plugin, SeriesReading reading, MetricsPage& page) {
  const MetricName family{reading.name, kHelp};
  MetricLabels labels;
  labels.reserve(reading.labels.size() + 1);
  labels.push_back({"plugin", plugin});
  for (const auto& [name, value] : reading.labels) labels.push_back({name, value});
  switch (reading.kind) {
    case MetricKind::kCounter:
      page.counter_seconds(family, labels, reading.value);
      break;
    case MetricKind::kGauge:
      page.gauge(family, labels, reading.value);
      break;
    case MetricKind::kHistogram:
      page.histogram(family, labels,
                     BucketSummary{.bounds = std::move(reading.bounds),
                                   .counts = std::move(reading.counts),
                                   .sum = reading.value});
      break;
  }
}

}  // namespace

PluginRegistries plugin_registries(const Controller& controller) {
  PluginRegistries registries;
  for (const auto& backend : controller.live_backends()) {
    if (const PluginLibrary* library = backend->library()) {
      registries[library->plugin()] = library->metrics();
    }
  }
  return registries;
}

void write_plugin_refusals(const PluginRegistries& registries, MetricsPage& page) {
  for (const auto& [plugin, registry] : registries) {
    for (std::size_t why = 0; why < kSeriesRefusalNames.size(); ++why) {
      page.counter(kDropped,
                   {{"plugin", plugin}, {"reason", std::string(kSeriesRefusalNames[why])}},
                   registry->refused(static_cast<SeriesRefusal>(why)));
    }
  }
}

void write_plugin_series(const PluginRegistries& registries, MetricsPage& page) {
  for (const auto& [plugin, registry] : registries) {
    for (SeriesReading& reading : registry->read()) {
      write_series(plugin, std::move(reading), page);
    }
  }
}

}  // namespace backplane::host
