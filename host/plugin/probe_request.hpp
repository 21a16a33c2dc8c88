#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/result.hpp"
#include "host/plugin/trial_plan.hpp"

namespace backplane::host {

// A handler that a probe shall make, with what a backend gives it.
struct ProbeHandler {
  std::string handler;
  std::string backend;           // its tag
  std::string init_json;         // empty when the backend has none
  std::string user_config_json;  // empty when it has none
};

// What a probe is asked. A plain value.
struct ProbeRequest {
  std::string plugin;  // its name in the host; begins the messages of errors, unless it is empty
  std::string path;    // absolute; a file that nobody writes to any more
  std::vector<ProbeHandler> handlers;  // none: load, init, deinit and unload only
  std::optional<TrialPlan> trial{};    // what more is done with them
  std::chrono::seconds cpu_time{5};    // more than that ends the child
};

// [any] As it is handed to the probe child, whose parent is process `parent`.
std::string write_probe_request(const ProbeRequest& request, int parent);

// What the child was handed.
struct ProbeOrder {
  ProbeRequest request;
  int parent = 0;  // process id
};

// [any] kInvalidArgument when `text` is not what write_probe_request() writes.
Result<ProbeOrder> read_probe_request(std::string_view text);

}  // namespace backplane::host
