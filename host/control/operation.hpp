#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/clock.hpp"
#include "host/base/error.hpp"
#include "host/base/wall_time.hpp"
#include "host/control/canary.hpp"

namespace backplane::host {

enum class OperationState : std::uint8_t { kRunning, kSucceeded, kFailed, kAborted };
// What a running operation is at; it can be aborted before it commits.
enum class OperationStage : std::uint8_t {
  kWaiting,     // for another reload of the same plugin
  kStaging,     // a plugin is copied and judged
  kProbing,     // and tried in a child process
  kLoading,     // and mapped
  kBuilding,    // replicas are made, or take a new configuration
  kCanary,      // what was made serves a share of the requests, on trial
  kCommitting,  // the change is made durable, then published
  kDone,
};

// How long a stage took.
struct StageTime {
  OperationStage stage;
  Duration took;
};

// How a version on trial does.
struct TrialProgress {
  CanaryRecord record;
  std::uint64_t min_requests = 0;  // to be answered before it is judged
};

// One change of the desired state, or of what it runs, on its way, as its watcher sees it. A plain
// value.
struct Operation {
  std::uint64_t id = 0;
  std::string action;  // "put_backend"
  std::string object;  // what it changes, by name; empty: the whole document
  OperationState state = OperationState::kRunning;
  OperationStage stage = OperationStage::kBuilding;
  TimePoint entered;                // its stage
  std::vector<StageTime> stages{};  // those it has been through, in order
  std::vector<std::string> warnings{};
  std::size_t to_build = 0;              // backends to make or to update
  std::size_t built = 0;                 // of those, how many are ready or have failed
  std::optional<TrialProgress> trial{};  // as it was looked at last; absent: there was none
  WallTime started_at;
  std::optional<WallTime> finished_at;
  std::uint64_t revision = 0;  // kSucceeded: that of the change
  std::optional<Error> error;  // kFailed, kAborted
};

// `error`, which has "active_op" now: the operation in its way, to be watched or aborted.
Error blocked_by(std::uint64_t operation, Error error);

std::string_view name_of(OperationState state);
std::string_view name_of(OperationStage stage);

}  // namespace backplane::host
