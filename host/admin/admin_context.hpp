#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "host/admin/audit_log.hpp"
#include "host/admin/event_hub.hpp"
#include "host/admin/gate_counts.hpp"
#include "host/base/clock.hpp"
#include "host/config/app_document.hpp"
#include "host/control/controller.hpp"
#include "host/control/plugin_follower.hpp"
#include "host/control/plugin_store.hpp"
#include "host/control/reloader.hpp"
#include "host/control/revision_log.hpp"
#include "host/control/task_thread.hpp"
#include "host/json/json_writer.hpp"
#include "host/metrics/http_counters.hpp"
#include "host/routing/router_stats.hpp"

namespace backplane::host {

// The page for people. Text of the program's own.
struct DashboardText {
  std::string_view page;    // HTML
  std::string_view script;  // JavaScript
};

// What the admin resources work with; all of it outlives the admin listener.
struct AdminContext {
  Controller& controller;
  Reloader& reloader;
  const PluginFollower* follower;  // null: the plugin directory is not watched
  PluginStore& store;              // its calls belong to `loader`
  TaskThread& loader;
  RevisionLog& log;  // its calls belong to `state`
  TaskThread& state;
  EventHub& events;
  bool telling_rates = false;  // [control] to whoever reads the events
  AppLimits limits;
  std::string version;
  TimePoint started;
  std::chrono::system_clock::time_point started_at;  // the same, for people
  // Where requests are answered, as "http://127.0.0.1:8000"; empty until they are.
  std::function<std::string()> data_url;
  DashboardText dashboard;
  AuditLog& audit;
  const GateCounts& gate_counts;
  const RouterStats& router_stats;
  // [control] What the listeners have counted.
  std::function<HttpTotals()> data_totals;
  std::function<HttpTotals()> admin_totals;
  // [control] Writes the members of the data listener's counters into an open object.
  std::function<void(JsonWriter&)> write_data_counters;
};

}  // namespace backplane::host
