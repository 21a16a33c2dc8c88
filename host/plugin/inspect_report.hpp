#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/base/error.hpp"
#include "host/plugin/handler_factory.hpp"
#include "host/plugin/preflight.hpp"

namespace backplane::host {

// What can be said of a plugin file before it is dropped: what it is, and what would make the host
// refuse it. A plain value.
struct InspectReport {
  std::string file;  // as it was named
  std::uint64_t size = 0;
  std::string sha256;                        // empty when the file could not be read
  std::optional<PreflightReport> preflight;  // when that passed
  std::vector<HandlerDescription> handlers;  // empty when it was refused
  std::vector<PreflightWarning> warnings;    // of preflight, and of the probe
  std::optional<Error> refusal;

  // `strict`: warnings refuse it as well.
  bool accepted(bool strict) const;
};

// [any] Reads the file at `path`; when that is sound, tries it in a child process that runs
// `probe_program` (ProbeRunner) for at most `time_limit`.
InspectReport inspect_plugin(const std::string& path, const PreflightPolicy& policy,
                             const std::string& probe_program,
                             std::chrono::milliseconds time_limit);

// For people: one fact a line, the verdict last, with what to do about it.
std::string to_text(const InspectReport& report, bool strict);
// For programs: one JSON object and a line end.
std::string to_json(const InspectReport& report, bool strict);

}  // namespace backplane::host
