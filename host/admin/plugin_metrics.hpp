#pragma once

#include <map>
#include <memory>
#include <string>

#include "host/control/controller.hpp"
#include "host/metrics/metrics_page.hpp"
#include "host/plugin/metric_registry.hpp"

namespace backplane::host {

// What the plugins of live backends measure, by plugin: all its generations into one registry.
using PluginRegistries = std::map<std::string, std::shared_ptr<const MetricRegistry>>;

// [control]
PluginRegistries plugin_registries(const Controller& controller);

// What was refused to plugins, and what they measure.
void write_plugin_refusals(const PluginRegistries& registries, MetricsPage& page);
void write_plugin_series(const PluginRegistries& registries, MetricsPage& page);

}  // namespace backplane::host
