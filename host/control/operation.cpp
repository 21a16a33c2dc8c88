#include "host/control/operation.hpp"

namespace backplane::host {

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
