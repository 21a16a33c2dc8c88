// How a new version of a plugin is tried on a share of the requests before it takes over.

#include <utility>
#include <vector>

#include "host/base/log.hpp"
#include "host/control/controller.hpp"

namespace backplane::host {
namespace {

// How often the record of a trial is looked at.
constexpr std::chrono::milliseconds kLook{50};

std::uint64_t errors_in(const RequestSummary& summary) {
  std::uint64_t errors = 0;
  for (const Outcome outcome : {Outcome::kRejected, Outcome::kFailed, Outcome::kTimeout}) {
    errors += summary.outcomes[static_cast<std::size_t>(outcome)];
  }
  return errors;
}

}  // namespace

void Controller::start_trial(const ProposalPtr& proposal) {
  for (const auto& [tag, backend] : proposal->built) {
    canaries_[tag] = {.backend = backend, .share = proposal->request.canary->weight};
  }
  proposal->on_trial_since = Clock::now();
  publish();
  enter(proposal->operation, OperationStage::kCanary);
  watch_trial(proposal);
}

void Controller::watch_trial(const ProposalPtr& proposal) {
  if (proposal->over || proposal->promoted) return;
  const CanaryLimits& limits = *proposal->request.canary;
  const CanaryRecord record = trial_record(*proposal, Clock::now());
  operations_.find(proposal->operation)->trial = {.record = record,
                                                  .min_requests = limits.min_requests};
  const CanaryVerdict verdict = judge(record, limits);
  if (verdict.kind == CanaryVerdict::Kind::kRollBack) {
    log_warning("control", "the canary of plugin '" + proposal->request.object +
                               "' is rolled back: " + verdict.reason);
    return fail(proposal, Error(ErrorCode::kBadHandlerResponse, "canary_failed", verdict.reason),
                OperationState::kFailed);
  }
  if (verdict.kind == CanaryVerdict::Kind::kPromote) return take_over(proposal);
  setup_.control.post_at(Clock::now() + kLook, [this, proposal] { watch_trial(proposal); });
}

void Controller::take_over(const ProposalPtr& proposal) {
  proposal->promoted = true;
  prepared_.push_back(proposal);
  commit_next();
}

Status Controller::promote(std::uint64_t operation, std::optional<std::uint64_t> if_revision) {
  const auto found = proposals_.find(operation);
  if (found == proposals_.end() || operations_.find(operation)->stage != OperationStage::kCanary) {
    return nothing_on_trial(operations_.find(operation)->object);
  }
  if (if_revision && committing_ != 0) {
    return blocked_by(committing_, Error(ErrorCode::kConflict, "operation_in_progress",
                                         "another revision is being made"));
  }
  Status fresh = check_fresh(if_revision);
  if (!fresh.ok()) return fresh;
  // Held: where the change fails, the list lets go of it.
  const ProposalPtr proposal = found->second;
  if (!proposal->promoted) take_over(proposal);
  return {};
}

void Controller::end_trials(const Error& error) {
  std::vector<ProposalPtr> on_trial;
  for (const auto& [operation, proposal] : proposals_) {
    if (operations_.find(operation)->stage == OperationStage::kCanary) on_trial.push_back(proposal);
  }
  for (const ProposalPtr& proposal : on_trial) fail(proposal, error, OperationState::kFailed);
}

CanaryRecord Controller::trial_record(const Proposal& proposal, TimePoint now) const {
  RequestSummary sum;
  for (const auto& [tag, backend] : proposal.built) {
    for (const auto& [name, endpoint] : desired_.endpoints) {
      const EndpointCounts* counts = snapshots_.counts(name);
      if (counts != nullptr) sum += counts->of_generation(tag, backend->generation());
    }
  }
  return {.requests = sum.total(),
          .errors = errors_in(sum),
          .p99 = sum.latency.quantile(0.99),
          .on_trial = now - proposal.on_trial_since};
}

}  // namespace backplane::host
