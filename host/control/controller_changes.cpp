// How the controller takes a change from what is asked for to what serves.

#include <utility>

#include "host/base/log.hpp"
#include "host/base/wall_time.hpp"
#include "host/control/controller.hpp"

namespace backplane::host {
namespace {

Error shutting_down() {
  return {ErrorCode::kUnavailable, "shutting_down", "the host is shutting down"};
}

Error state_moved(const std::string& tag) {
  return {ErrorCode::kConflict, "state_moved",
          "backend '" + tag + "' was changed while this change was prepared"};
}

Status check_fresh(const ChangeRequest& request, std::uint64_t revision) {
  if (!request.if_revision || *request.if_revision == revision) return {};
  return Error(ErrorCode::kStale, "If-Match is '\"" + std::to_string(*request.if_revision) +
                                      "\"'; the current revision is \"" + std::to_string(revision) +
                                      '"');
}

}  // namespace

std::uint64_t Controller::propose(ChangeRequest request, Done done) {
  Status admitted = admit(request);
  if (!admitted.ok()) {
    done(std::move(admitted).error());
    return 0;
  }
  AppDocument next = desired_;
  Status applied = request.change(next);
  if (!applied.ok()) {
    done(std::move(applied).error());
    return 0;
  }
  Plan steps = plan(desired_, down(), next);
  if (!request.rebuild.empty()) steps.start.push_back(request.rebuild);
  const bool changed = next != desired_;
  // A stored state may be empty, and has its revision all the same.
  const bool nothing_to_do = !changed && steps == Plan{} && request.stored_as == 0;
  if (request.dry_run || nothing_to_do) {
    done(ChangeOutcome{.revision = revision_, .changed = changed, .diff = diff(desired_, next)});
    return 0;
  }
  for (const auto& tags : {steps.start, steps.update}) {
    for (const std::string& tag : tags) {
      if (busy_.count(tag) == 0) continue;
      done(Error(ErrorCode::kConflict, "operation_in_progress",
                 "backend '" + tag + "' is being changed by another operation"));
      return 0;
    }
  }
  auto proposal = std::make_shared<Proposal>();
  proposal->request = std::move(request);
  proposal->done = std::move(done);
  Operation& operation =
      operations_.begin(proposal->request.action, proposal->request.object, wall_now());
  operation.to_build = steps.start.size() + steps.update.size();
  proposal->operation = operation.id;
  proposals_.emplace(operation.id, proposal);
  tell({.kind = ControlEvent::Kind::kOperation, .number = operation.id});
  start_steps(proposal, steps, next);
  return proposal->operation;
}

Status Controller::admit(const ChangeRequest& request) const {
  if (draining_) return shutting_down();
  // The desired state is not known yet, so that nothing can be said about a change of it.
  if (starting_ && !request.at_start) {
    return Error(ErrorCode::kUnavailable, "starting", "the host is starting");
  }
  return {};
}

void Controller::start_steps(const ProposalPtr& proposal, const Plan& steps,
                             const AppDocument& next) {
  for (const auto& tags : {steps.start, steps.update}) {
    proposal->tags.insert(tags.begin(), tags.end());
    busy_.insert(tags.begin(), tags.end());
  }
  proposal->outstanding = proposal->tags;
  if (proposal->outstanding.empty()) {
    prepared_.push_back(proposal);
    return commit_next();
  }
  for (const std::string& tag : steps.start) {
    proposal->building[tag] = builder_.build(
        next.backends.at(tag), [this, proposal, tag](Result<std::shared_ptr<Backend>> backend) {
          on_built(proposal, tag, std::move(backend));
        });
  }
  for (const std::string& tag : steps.update) {
    const BackendConfig& config = next.backends.at(tag).config;
    proposal->updating[tag] = serving_.at(tag);
    proposal->configs[tag] = config;
    builder_.prepare(serving_.at(tag), config, [this, proposal, tag](const Status& ready) {
      on_prepared(proposal, tag, ready);
    });
  }
}

void Controller::on_built(const ProposalPtr& proposal, const std::string& tag,
                          Result<std::shared_ptr<Backend>> backend) {
  if (proposal->over) {
    busy_.erase(tag);
    if (backend.ok()) backend.value()->close();
    return;
  }
  if (backend.ok()) {
    proposal->built.emplace(tag, std::move(backend).value());
  } else {
    proposal->failed.emplace(tag, std::move(backend).error());
  }
  on_step_done(proposal, tag);
}

void Controller::on_prepared(const ProposalPtr& proposal, const std::string& tag,
                             const Status& ready) {
  if (proposal->over) {
    busy_.erase(tag);
    proposal->updating.at(tag)->give_up();
    return;
  }
  if (!ready.ok()) proposal->failed.emplace(tag, ready.error());
  on_step_done(proposal, tag);
}

void Controller::on_step_done(const ProposalPtr& proposal, const std::string& tag) {
  proposal->outstanding.erase(tag);
  ++operations_.find(proposal->operation)->built;
  tell({.kind = ControlEvent::Kind::kOperation, .number = proposal->operation});
  if (!proposal->outstanding.empty()) return;
  prepared_.push_back(proposal);
  commit_next();
}

void Controller::commit_next() {
  while (!committing_ && !prepared_.empty()) {
    const ProposalPtr proposal = prepared_.front();
    prepared_.pop_front();
    if (proposal->over) continue;
    auto next = next_state(*proposal);
    if (!next.ok()) {
      fail(proposal, next.error(), OperationState::kFailed);
    } else if (next.value() == desired_ || proposal->request.stored_as != 0) {
      land(proposal, std::move(next).value());
    } else {
      store(proposal, std::move(next).value());
    }
  }
}

Result<AppDocument> Controller::next_state(const Proposal& proposal) const {
  if (draining_) return shutting_down();
  // Others may have been committed while this one was prepared.
  Status fresh = check_fresh(proposal.request, revision_);
  if (!fresh.ok()) return std::move(fresh).error();
  if (!proposal.failed.empty() && !proposal.request.tolerant) {
    const auto& [tag, error] = *proposal.failed.begin();
    return Error(error).with_context("backend '" + tag + "'");
  }
  AppDocument next = desired_;
  Status applied = proposal.request.change(next);
  if (!applied.ok()) return std::move(applied).error();
  const Plan steps = plan(desired_, down(), next);
  for (const std::string& tag : steps.start) {
    if (proposal.built.count(tag) == 0 && proposal.failed.count(tag) == 0) return state_moved(tag);
  }
  for (const std::string& tag : steps.update) {
    const auto config = proposal.configs.find(tag);
    const bool ready = config != proposal.configs.end() &&
                       config->second == next.backends.at(tag).config &&
                       proposal.updating.at(tag) == serving(tag);
    if (!ready && proposal.failed.count(tag) == 0) return state_moved(tag);
  }
  return next;
}

void Controller::store(const ProposalPtr& proposal, AppDocument next) {
  committing_ = true;
  operations_.find(proposal->operation)->stage = OperationStage::kCommitting;
  const ChangeRequest& request = proposal->request;
  RevisionRecord record{
      .revision = revision_ + 1,
      .time = wall_now(),
      .author = request.author,
      .action = request.object.empty() ? request.action : request.action + " " + request.object,
      .restores = request.restores,
      .document = std::move(next)};
  setup_.state.post([this, proposal, record = std::move(record)]() mutable {
    Status stored = setup_.log.append(record);
    setup_.control.post(
        [this, proposal, next = std::move(record.document), stored = std::move(stored)]() mutable {
          on_stored(proposal, std::move(next), stored);
        });
  });
}

void Controller::on_stored(const ProposalPtr& proposal, AppDocument next, const Status& stored) {
  committing_ = false;
  if (stored.ok()) {
    land(proposal, std::move(next));
  } else {
    log_error("control", "revision " + std::to_string(revision_ + 1) +
                             " could not be stored: " + stored.error().message());
    fail(proposal, stored.error(), OperationState::kFailed);
  }
  commit_next();
}

void Controller::land(const ProposalPtr& proposal, AppDocument next) {
  ChangeOutcome outcome{.changed = next != desired_, .diff = diff(desired_, next)};
  Plan steps = plan(desired_, down(), next);
  if (!proposal->request.rebuild.empty()) steps.start.push_back(proposal->request.rebuild);
  std::vector<std::shared_ptr<Backend>> leaving;
  for (const std::string& tag : steps.stop) {
    if (auto backend = serving(tag)) leaving.push_back(std::move(backend));
    serving_.erase(tag);
    failures_.erase(tag);
  }
  replace_backends(steps, *proposal);
  if (outcome.changed) ++revision_;
  if (proposal->request.stored_as != 0) revision_ = proposal->request.stored_as;
  outcome.revision = revision_;
  desired_ = std::move(next);
  publish();
  // After the publish: an io thread that still holds the former snapshot is refused and looks
  // again.
  for (const auto& backend : leaving) backend->close();
  log_info("control", "revision " + std::to_string(revision_) + ": " +
                          std::to_string(desired_.endpoints.size()) + " endpoints, " +
                          std::to_string(desired_.backends.size()) + " backends");
  if (outcome.changed) tell({.kind = ControlEvent::Kind::kRevision, .number = revision_});
  for (const auto& tags : {steps.start, steps.update, steps.stop}) {
    for (const std::string& tag : tags) tell({.kind = ControlEvent::Kind::kBackend, .tag = tag});
  }
  operations_.find(proposal->operation)->revision = revision_;
  end(*proposal, OperationState::kSucceeded);
  proposal->done(std::move(outcome));
}

void Controller::replace_backends(const Plan& steps, Proposal& proposal) {
  for (const std::string& tag : steps.start) {
    failures_.erase(tag);
    if (const auto built = proposal.built.extract(tag)) serving_[tag] = built.mapped();
  }
  for (const std::string& tag : steps.update) {
    if (proposal.failed.count(tag) > 0) continue;
    proposal.updating.extract(tag).mapped()->adopt();
  }
  for (auto& [tag, error] : proposal.failed) {
    log_warning("control", "backend '" + tag + "' does not serve: " + error.message());
    failures_.insert_or_assign(tag, error);
  }
}

void Controller::fail(const ProposalPtr& proposal, const Error& error, OperationState state) {
  operations_.find(proposal->operation)->error = error;
  end(*proposal, state);
  proposal->done(error);
}

void Controller::end(Proposal& proposal, OperationState state) {
  proposal.over = true;
  proposals_.erase(proposal.operation);
  operations_.end(proposal.operation, state, wall_now());
  tell({.kind = ControlEvent::Kind::kOperation, .number = proposal.operation});
  for (const std::string& tag : proposal.tags) {
    if (proposal.outstanding.count(tag) == 0) busy_.erase(tag);
  }
  // What nobody took over; what is still outstanding follows when it arrives.
  for (const auto& [tag, backend] : proposal.built) backend->close();
  proposal.built.clear();
  for (const auto& [tag, backend] : proposal.updating) {
    if (proposal.outstanding.count(tag) == 0) backend->give_up();
  }
}

Status Controller::abort(std::uint64_t operation) {
  if (operations_.find(operation) == nullptr) {
    return Error(ErrorCode::kNotFound, "unknown_operation",
                 "no operation has the number " + std::to_string(operation));
  }
  const auto found = proposals_.find(operation);
  if (found == proposals_.end() ||
      operations_.find(operation)->stage != OperationStage::kBuilding) {
    return Error(ErrorCode::kConflict, "operation_finished",
                 "operation " + std::to_string(operation) + " can be aborted no more");
  }
  const ProposalPtr proposal = found->second;
  const Error aborted(ErrorCode::kConflict, "operation_aborted", "the operation was aborted");
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
