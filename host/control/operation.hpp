#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "host/base/error.hpp"
#include "host/base/wall_time.hpp"

namespace backplane::host {

enum class OperationState : std::uint8_t { kRunning, kSucceeded, kFailed, kAborted };
// What a running operation is at; it can be aborted while it builds.
enum class OperationStage : std::uint8_t { kBuilding, kCommitting, kDone };

// One change of the desired state on its way, as its watcher sees it. A plain value.
struct Operation {
  std::uint64_t id = 0;
  std::string action;  // "put_backend"
  std::string object;  // what it changes, by name; empty: the whole document
  OperationState state = OperationState::kRunning;
  OperationStage stage = OperationStage::kBuilding;
  std::size_t to_build = 0;  // backends to make or to update
  std::size_t built = 0;     // of those, how many are ready or have failed
  WallTime started_at;
  std::optional<WallTime> finished_at;
  std::uint64_t revision = 0;  // kSucceeded: that of the change
  std::optional<Error> error;  // kFailed, kAborted
};

std::string_view name_of(OperationState state);
std::string_view name_of(OperationStage stage);

}  // namespace backplane::host
