#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "host/base/error.hpp"
#include "host/base/result.hpp"
#include "host/plugin/probe_report.hpp"
#include "host/plugin/probe_stage.hpp"

namespace backplane::host {

// What a probe child says: a line for each stage it enters, and one for how it came out. Each is
// one JSON object.

// [any] `backend` when the stage is one of a backend's handler.
std::string stage_line(ProbeStage stage, std::string_view backend = {});
std::string report_line(const ProbeReport& report);
// Only the reason and the message of `error` are kept.
std::string error_line(const Error& error);

// The most that a child may say, in bytes.
inline constexpr std::size_t kMaxProbeAnswer = std::size_t{1} << 20U;
// The exit status of a child that can say nothing more: only the plugin can have closed its
// descriptor, or filled its file.
inline constexpr int kExitSpeechless = 90;

// How a probe child ended.
struct ProbeEnding {
  std::optional<int> exit_status;  // of its own; nothing when a signal ended it
  int signal = 0;                  // that did
  bool timed_out = false;          // ended by us: its time was up
};

// [any] What the answer of a child that said `said` and ended so means. The plugin's code may have
// written any of it. `limit` is the time that it had, for the message. Errors are kInvalidArgument:
// with the reason that the child gives, "plugin_probe_failed" when it gave none. Their messages
// name the stage.
Result<ProbeReport> judge_probe(std::string_view said, const ProbeEnding& ending,
                                std::chrono::milliseconds limit);

}  // namespace backplane::host
