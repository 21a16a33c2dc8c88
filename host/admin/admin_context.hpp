#pragma once

#include <functional>
#include <string>

#include "host/base/clock.hpp"
#include "host/config/app_document.hpp"
#include "host/control/controller.hpp"
#include "host/control/plugin_store.hpp"
#include "host/control/task_thread.hpp"
#include "host/json/json_writer.hpp"

namespace backplane::host {

// What the admin resources work with; all of it outlives the admin listener.
struct AdminContext {
  Controller& controller;
  PluginStore& store;  // its calls belong to `loader`
  TaskThread& loader;
  AppLimits limits;
  std::string version;
  TimePoint started;
  // [control] Writes the members of the data listener's counters into an open object.
  std::function<void(JsonWriter&)> write_data_counters;
};

}  // namespace backplane::host
