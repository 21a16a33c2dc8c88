#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "host/control/operation.hpp"

namespace backplane::host {

// One moment by both clocks: the one that people read, and the one that measures.
struct Instant {
  WallTime wall;
  TimePoint steady;
};

// The operations that run, and the latest of those that have ended. Owned by Controller; its thread
// only.
class OperationList {
 public:
  // Ended ones that are kept: enough for whoever polls every minute under a busy script.
  static constexpr std::size_t kKept = 256;

  // Adds one with an id of its own. The reference stays good while the operation runs.
  Operation& begin(std::string action, std::string object, OperationStage stage, Instant now);
  // Goes on to another stage, or stays in the one that it is in.
  void enter(std::uint64_t id, OperationStage stage, TimePoint now);
  // Ends one that runs. Beyond kKept the one is forgotten that ended first; not this one.
  void end(std::uint64_t id, OperationState state, Instant now);

  // Null when there never was such a one or it has been forgotten.
  const Operation* find(std::uint64_t id) const;
  Operation* find(std::uint64_t id);
  const std::map<std::uint64_t, Operation>& all() const { return operations_; }

 private:
  std::map<std::uint64_t, Operation> operations_;
  std::uint64_t last_id_ = 0;
  std::deque<std::uint64_t> ended_;  // in the order in which they did
};

}  // namespace backplane::host
