#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "host/base/result.hpp"
#include "host/plugin/conformance_report.hpp"

namespace backplane::host {

// With what a plugin is tested. A plain value.
struct ConformanceOptions {
  // By handler; "" stands for those that are not named. What is missing is not configured.
  std::map<std::string, std::string> init_json;
  std::map<std::string, std::string> user_config_json;
  std::vector<std::string> samples;  // bodies of requests; kMaxSamples at most
  std::uint32_t reloads = 1000;      // kMaxReloads at most; 0: none
  // For one child: of those there is one that only loads, one for each handler and one for reloads.
  std::chrono::milliseconds time_limit{60'000};
  std::string probe_program;  // ProbeRunner::program_beside_this()
  // Told now and then of reloads that are done, on the calling thread; may be null.
  std::function<void(std::uint32_t done)> progress;
};

// [main] Takes the plugin in file `path` through all that a host would, in child processes: nothing
// that it does ends or blocks this one. Blocks for as long as that takes. kInvalidArgument
// "unknown_handler": the options name one that it does not have. kUnavailable "probe_unavailable",
// "staging_failed": no child process, or no place for copies.
Result<ConformanceReport> test_conformance(const std::string& path,
                                           const ConformanceOptions& options);

}  // namespace backplane::host
