// The operations of the controller: how they can be watched, how they end.

#include <utility>

#include "host/base/wall_time.hpp"
#include "host/control/controller.hpp"

namespace backplane::host {
namespace {

Instant now() {
  return {.wall = wall_now(), .steady = Clock::now()};
}

// That `operation` can be aborted no more, and what can be done instead.
Error finished(const Operation& operation) {
  std::string words = "operation " + std::to_string(operation.id) + " can be aborted no more";
  const bool switched =
      operation.state == OperationState::kRunning || operation.state == OperationState::kSucceeded;
  if (operation.action == "reload" && switched) {
    words += "; a rollback brings the version before back";
  }
  return {ErrorCode::kConflict, "operation_finished", std::move(words)};
}

}  // namespace

std::uint64_t Controller::begin_operation(std::string action, std::string object,
                                          OperationStage stage, std::function<void()> abort) {
  const std::uint64_t id = operations_.begin(std::move(action), std::move(object), stage, now()).id;
  if (abort) aborts_.emplace(id, std::move(abort));
  tell({.kind = ControlEvent::Kind::kOperation, .number = id});
  return id;
}

void Controller::enter(std::uint64_t operation, OperationStage stage) {
  if (operations_.find(operation)->stage == stage) return;
  operations_.enter(operation, stage, Clock::now());
  tell({.kind = ControlEvent::Kind::kOperation, .number = operation});
}

void Controller::warn(std::uint64_t operation, std::string warning) {
  operations_.find(operation)->warnings.push_back(std::move(warning));
}

void Controller::explain(std::uint64_t operation, Error error) {
  operations_.find(operation)->error = std::move(error);
}

void Controller::end_operation(std::uint64_t operation, const Status& outcome) {
  aborts_.erase(operation);
  if (!outcome.ok()) operations_.find(operation)->error = outcome.error();
  operations_.find(operation)->revision = revision_;
  operations_.end(operation, outcome.ok() ? OperationState::kSucceeded : OperationState::kFailed,
                  now());
  tell({.kind = ControlEvent::Kind::kOperation, .number = operation});
  tidy_versions();
}

void Controller::fail(const ProposalPtr& proposal, const Error& error, OperationState state) {
  operations_.find(proposal->operation)->error = error;
  end(*proposal, state);
  proposal->done(error);
}

void Controller::end(Proposal& proposal, OperationState state) {
  proposal.over = true;
  proposals_.erase(proposal.operation);
  operations_.end(proposal.operation, state, now());
  std::size_t ended = 0;
  for (const std::string& tag : proposal.tags) ended += canaries_.erase(tag);
  if (ended > 0) publish();
  tell({.kind = ControlEvent::Kind::kOperation, .number = proposal.operation});
  for (const std::string& tag : proposal.tags) {
    if (proposal.outstanding.count(tag) == 0) busy_.erase(tag);
  }
  // What nobody took over; what is still outstanding follows when it arrives.
  for (const auto& [tag, backend] : proposal.built) close(backend, setup_.drain_timeout);
  proposal.built.clear();
  proposal.request.plugin_library.reset();
  for (const auto& [tag, backend] : proposal.updating) {
    if (proposal.outstanding.count(tag) == 0) backend->give_up();
  }
  tidy_versions();
}

void Controller::tidy_versions() {
  std::set<std::string> wanted;
  for (const auto& [plugin, version] : versions_) wanted.insert({version.sha256, version.previous});
  setup_.loader.post([&store = setup_.store, wanted = std::move(wanted)] { store.retain(wanted); });
}

Status Controller::abort(std::uint64_t operation) {
  if (operations_.find(operation) == nullptr) {
    return Error(ErrorCode::kNotFound, "unknown_operation",
                 "no operation has the number " + std::to_string(operation));
  }
  const Error aborted(ErrorCode::kConflict, "operation_aborted", "the operation was aborted");
  if (const auto early = aborts_.extract(operation)) {
    operations_.find(operation)->error = aborted;
    operations_.end(operation, OperationState::kAborted, now());
    tell({.kind = ControlEvent::Kind::kOperation, .number = operation});
    early.mapped()();
    return {};
  }
  const auto found = proposals_.find(operation);
  const OperationStage stage = operations_.find(operation)->stage;
  if (found == proposals_.end() ||
      (stage != OperationStage::kBuilding && stage != OperationStage::kCanary)) {
    return finished(*operations_.find(operation));
  }
  const ProposalPtr proposal = found->second;
  fail(proposal, aborted, OperationState::kAborted);
  for (const std::string& tag : proposal->outstanding) {
    if (const auto building = proposal->building.find(tag); building != proposal->building.end()) {
      builder_.abandon(building->second, aborted);
    } else {
      proposal->updating.at(tag)->abandon_start(aborted);
    }
  }
  return {};
}

}  // namespace backplane::host
