#include "host/control/operation.hpp"

#include <utility>

namespace backplane::host {

Error blocked_by(std::uint64_t operation, Error error) {
  // As text, like the id of an operation.
  return std::move(error).with_member("active_op", '"' + std::to_string(operation) + '"');
}

std::string_view name_of(OperationState state) {
  switch (state) {
    case OperationState::kRunning:
      return "running";
    case OperationState::kSucceeded:
      return "succeeded";
    case OperationState::kFailed:
      return "failed";
    case OperationState::kAborted:
      return "aborted";
  }
  return "";
}

std::string_view name_of(OperationStage stage) {
  switch (stage) {
    case OperationStage::kWaiting:
      return "waiting";
    case OperationStage::kStaging:
      return "staging";
    case OperationStage::kProbing:
      return "probing";
    case OperationStage::kLoading:
      return "loading";
    case OperationStage::kCanary:
      return "canary";
    case OperationStage::kBuilding:
      return "building";
    case OperationStage::kCommitting:
      return "committing";
    case OperationStage::kDone:
      return "done";
  }
  return "";
}

}  // namespace backplane::host
