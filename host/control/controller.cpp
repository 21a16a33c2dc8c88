#include "host/control/controller.hpp"

#include <algorithm>
#include <utility>

#include "host/base/log.hpp"
#include "host/control/plan.hpp"

namespace backplane::host {

Controller::Controller(const ControllerSetup& setup)
    : setup_(setup),
      builder_(BuilderSetup{.control = setup.control,
                            .loader = setup.loader,
                            .store = setup.store,
                            .init_timeout = setup.init_timeout,
                            .metrics = setup.metrics,
                            .submitters = setup.routing_threads}),
      snapshots_(setup.routing_threads) {}

void Controller::propose(const Change& change, bool tolerant, Done done) {
  if (draining_) {
    return done(Error(ErrorCode::kUnavailable, "shutting_down", "the host is shutting down"));
  }
  AppDocument next = desired_;
  Status applied = change(next);
  if (!applied.ok()) return done(std::move(applied).error());
  if (next == desired_) return done(ChangeOutcome{.revision = revision_, .changed = false});

  auto proposal = std::make_shared<Proposal>();
  proposal->change = change;
  proposal->tolerant = tolerant;
  proposal->done = std::move(done);
  const Plan steps = plan(desired_, next);
  for (const std::string& tag : steps.start) {
    if (building_.count(tag) == 0) continue;
    return proposal->done(Error(ErrorCode::kConflict, "operation_in_progress",
                                "backend '" + tag + "' is being built by another change"));
  }
  proposal->waiting = steps.start.size();
  if (proposal->waiting == 0) return conclude(proposal);
  for (const std::string& tag : steps.start) {
    const BackendSpec& spec = next.backends.at(tag);
    building_.emplace(tag, spec);
    builder_.build(spec, [this, proposal, tag](Result<std::shared_ptr<Backend>> backend) {
      on_built(proposal, tag, std::move(backend));
    });
  }
}

void Controller::on_built(const std::shared_ptr<Proposal>& proposal, const std::string& tag,
                          Result<std::shared_ptr<Backend>> backend) {
  if (backend.ok()) {
    proposal->built.emplace(tag, std::move(backend).value());
  } else {
    proposal->failed.emplace(tag, std::move(backend).error());
  }
  if (--proposal->waiting == 0) conclude(proposal);
}

void Controller::conclude(const std::shared_ptr<Proposal>& proposal) {
  for (const auto& [tag, backend] : proposal->built) building_.erase(tag);
  for (const auto& [tag, error] : proposal->failed) building_.erase(tag);
  if (!proposal->failed.empty() && !proposal->tolerant) {
    discard(*proposal);
    const auto& [tag, error] = *proposal->failed.begin();
    return proposal->done(Error(error).with_context("backend '" + tag + "'"));
  }
  // The state may have moved on while the backends were built.
  AppDocument next = desired_;
  Status applied = proposal->change(next);
  if (applied.ok() && draining_) {
    applied = Error(ErrorCode::kUnavailable, "shutting_down", "the host is shutting down");
  }
  if (applied.ok()) {
    for (const std::string& tag : plan(desired_, next).start) {
      if (proposal->built.count(tag) > 0 || proposal->failed.count(tag) > 0) continue;
      applied = Error(ErrorCode::kConflict, "state_moved",
                      "backend '" + tag + "' was removed while this change was prepared");
    }
  }
  if (!applied.ok()) {
    discard(*proposal);
    return proposal->done(std::move(applied).error());
  }
  commit(std::move(next), *proposal);
  proposal->done(ChangeOutcome{.revision = revision_, .changed = true});
}

void Controller::commit(AppDocument next, Proposal& proposal) {
  std::vector<std::shared_ptr<Backend>> leaving;
  for (const std::string& tag : plan(desired_, next).stop) {
    if (const auto found = serving_.find(tag); found != serving_.end()) {
      leaving.push_back(found->second);
      serving_.erase(found);
    }
    failures_.erase(tag);
  }
  for (auto& [tag, backend] : proposal.built) serving_[tag] = std::move(backend);
  for (auto& [tag, error] : proposal.failed) {
    log_warning("control", "backend '" + tag + "' does not serve: " + error.message());
    failures_.insert_or_assign(tag, std::move(error));
  }
  desired_ = std::move(next);
  ++revision_;
  setup_.table.publish(snapshots_.build(desired_, serving_, draining_));
  // After the publish: an io thread that still holds the former snapshot is refused and looks
  // again.
  for (const auto& backend : leaving) backend->close();
  log_info("control", "revision " + std::to_string(revision_) + ": " +
                          std::to_string(desired_.endpoints.size()) + " endpoints, " +
                          std::to_string(desired_.backends.size()) + " backends");
}

void Controller::discard(Proposal& proposal) {
  for (const auto& [tag, backend] : proposal.built) backend->close();
  proposal.built.clear();
}

void Controller::rebuild(const std::string& tag, Done done) {
  if (building_.count(tag) > 0) {
    return done(Error(ErrorCode::kConflict, "operation_in_progress",
                      "backend '" + tag + "' is being built by another change"));
  }
  const BackendSpec spec = desired_.backends.at(tag);
  building_.emplace(tag, spec);
  builder_.build(
      spec, [this, spec, done = std::move(done)](Result<std::shared_ptr<Backend>> backend) {
        building_.erase(spec.tag);
        if (!backend.ok()) return done(std::move(backend).error());
        const auto wanted = desired_.backends.find(spec.tag);
        if (draining_ || wanted == desired_.backends.end() || wanted->second != spec) {
          backend.value()->close();
          return done(Error(ErrorCode::kConflict, "state_moved",
                            "backend '" + spec.tag + "' was changed while it was built"));
        }
        serving_[spec.tag] = std::move(backend).value();
        failures_.erase(spec.tag);
        ++revision_;
        setup_.table.publish(snapshots_.build(desired_, serving_, draining_));
        done(ChangeOutcome{.revision = revision_, .changed = true});
      });
}

void Controller::begin_drain() {
  draining_ = true;
  setup_.table.publish(snapshots_.build(desired_, serving_, draining_));
}

void Controller::close_backends(const Error& error) {
  builder_.refuse_new();
  for (const auto& [id, backend] : builder_.alive()) {
    backend->close_now(error);
    backend->abandon_start(Error(ErrorCode::kUnavailable, "shutting_down", "the host is stopping"));
  }
}

void Controller::release_backends() {
  serving_.clear();
  setup_.table.publish(snapshots_.build(AppDocument{}, serving_, draining_));
}

std::shared_ptr<Backend> Controller::serving(const std::string& tag) const {
  const auto found = serving_.find(tag);
  return found == serving_.end() ? nullptr : found->second;
}

const Error* Controller::failure(const std::string& tag) const {
  const auto found = failures_.find(tag);
  return found == failures_.end() ? nullptr : &found->second;
}

std::vector<std::shared_ptr<const Backend>> Controller::live_backends() const {
  std::vector<std::shared_ptr<const Backend>> live;
  for (const auto& [id, backend] : builder_.alive()) live.push_back(backend);
  return live;
}

std::vector<std::string> Controller::draining_backends() const {
  std::vector<std::string> labels;
  for (const auto& [id, backend] : builder_.alive()) {
    const auto& tag = backend->spec().tag;
    if (serving(tag) == backend || building_.count(tag) > 0) continue;
    labels.emplace_back(backend->label());
  }
  return labels;
}

std::vector<std::string> Controller::unready_causes() const {
  std::vector<std::string> causes;
  if (draining_) causes.emplace_back("the host is shutting down");
  for (const auto& [tag, error] : failures_) {
    causes.push_back("backend '" + tag + "': " + error.message());
  }
  return causes;
}

}  // namespace backplane::host
