#include "host/control/operation_list.hpp"

#include <utility>

namespace backplane::host {

Operation& OperationList::begin(std::string action, std::string object, OperationStage stage,
                                Instant now) {
  Operation& operation = operations_[++last_id_];
  operation.id = last_id_;
  operation.action = std::move(action);
  operation.object = std::move(object);
  operation.stage = stage;
  operation.started_at = now.wall;
  operation.entered = now.steady;
  return operation;
}

void OperationList::enter(std::uint64_t id, OperationStage stage, TimePoint now) {
  Operation& operation = operations_.at(id);
  if (operation.stage == stage) return;
  operation.stages.push_back({operation.stage, now - operation.entered});
  operation.stage = stage;
  operation.entered = now;
}

void OperationList::end(std::uint64_t id, OperationState state, Instant now) {
  enter(id, OperationStage::kDone, now.steady);
  Operation& ended = operations_.at(id);
  ended.state = state;
  ended.finished_at = now.wall;
  ended_.push_back(id);
  if (ended_.size() <= kKept) return;
  operations_.erase(ended_.front());
  ended_.pop_front();
}

const Operation* OperationList::find(std::uint64_t id) const {
  const auto found = operations_.find(id);
  return found == operations_.end() ? nullptr : &found->second;
}

Operation* OperationList::find(std::uint64_t id) {
  const auto found = operations_.find(id);
  return found == operations_.end() ? nullptr : &found->second;
}

}  // namespace backplane::host
