#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/base/clock.hpp"
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
  std::optional<Error> refusal;

  // `strict`: warnings refuse it as well.
  bool accepted(bool strict) const;
};

// [main] Reads the file at `path`, then asks a child process for its handlers, until `deadline`.
// Forks: only for a process that has no other thread yet.
InspectReport inspect_plugin(const std::string& path, const PreflightPolicy& policy,
                             TimePoint deadline);

// For people: one fact a line, the verdict last, with what to do about it.
std::string to_text(const InspectReport& report, bool strict);
// For programs: one JSON object and a line end.
std::string to_json(const InspectReport& report, bool strict);

}  // namespace backplane::host
