// How the controller takes a change from what is asked for to what serves.

#include <algorithm>
#include <utility>

#include "host/base/log.hpp"
#include "host/base/wall_time.hpp"
#include "host/control/controller.hpp"

namespace backplane::host {
namespace {

Error shutting_down() {
  return {ErrorCode::kUnavailable, "shutting_down", "the host is shutting down"};
}

Error in_progress(const std::string& tag, std::uint64_t operation) {
  return blocked_by(operation,
                    Error(ErrorCode::kConflict, "operation_in_progress",
                          "backend '" + tag + "' is being changed by another operation"));
}

Error state_moved(const std::string& tag) {
  return {ErrorCode::kConflict, "state_moved",
          "backend '" + tag + "' was changed while this change was prepared"};
}

}  // namespace

Status Controller::check_fresh(const std::optional<std::uint64_t>& wanted) const {
  if (!wanted || *wanted == revision_) return {};
  return Error(ErrorCode::kStale, "If-Match is '\"" + std::to_string(*wanted) +
                                      "\"'; the current revision is \"" +
                                      std::to_string(revision_) + '"');
}

std::uint64_t Controller::propose(ChangeRequest request, Done done) {
  Status admitted = admit(request);
  // Here too, where nothing is committed: a dry run, or nothing to do.
  if (admitted.ok()) admitted = check_fresh(request.if_revision);
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
  const Plan steps = steps_of(request, next);
  const bool changed = next != desired_;
  // A stored state may be empty, and has its revision all the same.
  const bool nothing_to_do = !changed && steps == Plan{} && request.stored_as == 0;
  if (request.dry_run) {
    Status fits = check_fits(request, steps, next);
    if (!fits.ok()) {
      done(std::move(fits).error());
      return 0;
    }
  }
  if (request.dry_run || nothing_to_do) {
    done(ChangeOutcome{.revision = revision_, .changed = changed, .diff = diff(desired_, next)});
    return 0;
  }
  if (auto busy = find_busy(steps)) {
    done(*std::move(busy));
    return 0;
  }
  auto proposal = std::make_shared<Proposal>();
  proposal->request = std::move(request);
  proposal->done = std::move(done);
  proposal->operation = proposal->request.operation;
  if (proposal->operation == 0) {
    proposal->operation = begin_operation(proposal->request.action, proposal->request.object,
                                          OperationStage::kBuilding, {});
  }
  operations_.find(proposal->operation)->to_build = steps.start.size() + steps.update.size();
  aborts_.erase(proposal->operation);
  proposals_.emplace(proposal->operation, proposal);
  enter(proposal->operation, OperationStage::kBuilding);
  start_steps(proposal, steps, next);
  return proposal->operation;
}

std::optional<Error> Controller::find_busy(const Plan& steps) const {
  for (const auto& tags : {steps.start, steps.update}) {
    for (const std::string& tag : tags) {
      const auto holder = busy_.find(tag);
      if (holder != busy_.end()) return in_progress(tag, holder->second);
    }
  }
  return std::nullopt;
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
    for (const std::string& tag : tags) busy_.emplace(tag, proposal->operation);
  }
  proposal->outstanding = proposal->tags;
  if (proposal->outstanding.empty()) return on_prepared_all(proposal);
  for (const std::string& tag : steps.start) build(proposal, next.backends.at(tag));
  for (const std::string& tag : steps.update) {
    const BackendConfig& config = next.backends.at(tag).config;
    proposal->updating[tag] = serving_.at(tag);
    proposal->configs[tag] = config;
    builder_.prepare(serving_.at(tag), config, [this, proposal, tag](const Status& ready) {
      on_prepared(proposal, tag, ready);
    });
  }
}

void Controller::build(const ProposalPtr& proposal, const BackendSpec& spec) {
  BuildSource source;
  if (const auto& library = proposal->request.plugin_library;
      library != nullptr && library->plugin() == spec.plugin) {
    source.plugin_library = library;
    const auto before = serving(spec.tag);
    const bool same = before != nullptr && before->spec().plugin == spec.plugin &&
                      before->spec().handler == spec.handler;
    if (proposal->request.carry_state && same) source.carry_from = before;
  } else if (const auto version = versions_.find(spec.plugin); version != versions_.end()) {
    source.sha256 = version->second.sha256;
  } else if (const auto stored = proposal->request.versions.find(spec.plugin);
             stored != proposal->request.versions.end()) {
    source.sha256 = stored->second.sha256;
  }
  proposal->building[spec.tag] =
      builder_.build(spec, std::move(source),
                     [this, proposal, tag = spec.tag](Result<std::shared_ptr<Backend>> backend) {
                       on_built(proposal, tag, std::move(backend));
                     });
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
  if (proposal->outstanding.empty()) on_prepared_all(proposal);
}

void Controller::on_prepared_all(const ProposalPtr& proposal) {
  const bool to_try = proposal->request.canary && !proposal->promoted;
  if (to_try && proposal->failed.empty()) return start_trial(proposal);
  prepared_.push_back(proposal);
  commit_next();
}

void Controller::commit_next() {
  while (committing_ == 0 && !prepared_.empty()) {
    const ProposalPtr proposal = prepared_.front();
    prepared_.pop_front();
    if (proposal->over) continue;
    const std::vector<std::string> again = outdated(*proposal);
    if (!again.empty()) {
      build_again(proposal, again);
      continue;
    }
    auto next = next_state(*proposal);
    if (!next.ok()) {
      fail(proposal, next.error(), OperationState::kFailed);
    } else if (proposal->request.stored_as != 0 ||
               (next.value().document == desired_ && next.value().plugins == versions_)) {
      land(proposal, std::move(next).value());
    } else {
      store(proposal, std::move(next).value());
    }
  }
}

std::vector<std::string> Controller::outdated(const Proposal& proposal) const {
  std::vector<std::string> tags;
  const auto& library = proposal.request.plugin_library;
  if (draining_ || !proposal.failed.empty()) return tags;
  if (library != nullptr) {
    for (const std::string& tag : users_of(library->plugin())) {
      if (proposal.tags.count(tag) == 0) tags.push_back(tag);
    }
  }
  for (const auto& [tag, backend] : proposal.built) {
    if (is_outdated(proposal, *backend)) tags.push_back(tag);
  }
  return tags;
}

bool Controller::is_outdated(const Proposal& proposal, const Backend& built) const {
  const Backend* const ours = &built;
  const auto& library = proposal.request.plugin_library;
  if (library != nullptr && library->plugin() == built.spec().plugin) return false;
  return std::any_of(serving_.begin(), serving_.end(), [&](const auto& entry) {
    const Backend& other = *entry.second;
    return proposal.tags.count(entry.first) == 0 && other.spec().plugin == built.spec().plugin &&
           entry.second->library() != ours->library();
  });
}

void Controller::build_again(const ProposalPtr& proposal, const std::vector<std::string>& tags) {
  for (const std::string& tag : tags) {
    const bool is_new = proposal->tags.insert(tag).second;
    const auto holder = busy_.find(tag);
    if (is_new && holder != busy_.end()) {
      proposal->tags.erase(tag);
      return fail(proposal, in_progress(tag, holder->second), OperationState::kFailed);
    }
    busy_.emplace(tag, proposal->operation);
    BackendSpec spec;
    if (const auto built = proposal->built.extract(tag)) {
      spec = built.mapped()->spec();
      close(built.mapped(), setup_.drain_timeout);
    } else {
      spec = desired_.backends.at(tag);
      ++operations_.find(proposal->operation)->to_build;
    }
    proposal->outstanding.insert(tag);
    build(proposal, spec);
  }
}

Result<DesiredState> Controller::next_state(const Proposal& proposal) const {
  if (draining_) return shutting_down();
  // Others may have been committed while this one was prepared.
  Status fresh = check_fresh(proposal.request.if_revision);
  if (!fresh.ok()) return std::move(fresh).error();
  if (!proposal.failed.empty() && !proposal.request.tolerant) {
    const auto& [tag, error] = *proposal.failed.begin();
    return told_of(proposal.request, tag, error);
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
  PluginVersions versions = next_versions(proposal, next);
  return DesiredState{.document = std::move(next), .plugins = std::move(versions)};
}

void Controller::store(const ProposalPtr& proposal, DesiredState next) {
  committing_ = proposal->operation;
  enter(proposal->operation, OperationStage::kCommitting);
  const ChangeRequest& request = proposal->request;
  RevisionRecord record{
      .revision = revision_ + 1,
      .time = wall_now(),
      .author = request.author,
      .action = request.object.empty() ? request.action : request.action + " " + request.object,
      .restores = request.restores,
      .document = std::move(next.document),
      .plugins = std::move(next.plugins)};
  setup_.state.post([this, proposal, record = std::move(record)]() mutable {
    Status stored = setup_.log.append(record);
    setup_.control.post(
        [this, proposal,
         next = DesiredState{.document = std::move(record.document),
                             .plugins = std::move(record.plugins)},
         stored = std::move(stored)]() mutable { on_stored(proposal, std::move(next), stored); });
  });
}

void Controller::on_stored(const ProposalPtr& proposal, DesiredState next, const Status& stored) {
  committing_ = 0;
  if (stored.ok()) {
    land(proposal, std::move(next));
  } else {
    log_error("control", "revision " + std::to_string(revision_ + 1) +
                             " could not be stored: " + stored.error().message());
    fail(proposal, stored.error(), OperationState::kFailed);
  }
  commit_next();
}

Plan Controller::steps_of(const ChangeRequest& request, const AppDocument& next) const {
  Plan steps = plan(desired_, down(), next);
  if (!request.rebuild.empty()) steps.start.push_back(request.rebuild);
  if (request.plugin_library == nullptr) return steps;
  for (const auto& [tag, spec] : next.backends) {
    if (spec.plugin == request.plugin_library->plugin()) steps.start.push_back(tag);
  }
  return steps;
}

void Controller::land(const ProposalPtr& proposal, DesiredState next) {
  const ChangeRequest& request = proposal->request;
  ChangeOutcome outcome{.changed = next.document != desired_ || next.plugins != versions_,
                        .diff = diff(desired_, next.document)};
  const Plan steps = steps_of(request, next.document);
  const auto leaving = replace_backends(steps, *proposal);
  if (outcome.changed) ++revision_;
  if (request.stored_as != 0) revision_ = request.stored_as;
  outcome.revision = revision_;
  desired_ = std::move(next.document);
  versions_ = std::move(next.plugins);
  if (request.plugin_library != nullptr) {
    // What is built from here on is built of it: the loader does one thing after the other.
    setup_.loader.post(
        [&store = setup_.store, library = request.plugin_library] { store.adopt(library); });
  }
  for (const std::string& tag : proposal->tags) canaries_.erase(tag);
  publish();
  // After the publish: an io thread that still holds the former snapshot is refused and looks
  // again.
  const auto drain_timeout = request.drain_timeout.value_or(setup_.drain_timeout);
  for (const auto& backend : leaving) close(backend, drain_timeout);
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

std::vector<std::shared_ptr<Backend>> Controller::replace_backends(const Plan& steps,
                                                                   Proposal& proposal) {
  std::vector<std::shared_ptr<Backend>> leaving;
  for (const std::string& tag : steps.stop) {
    if (auto backend = serving(tag)) leaving.push_back(std::move(backend));
    serving_.erase(tag);
    failures_.erase(tag);
  }
  for (const std::string& tag : steps.start) {
    failures_.erase(tag);
    auto built = proposal.built.extract(tag);
    if (!built) continue;
    if (auto former = serving(tag)) leaving.push_back(std::move(former));
    serving_[tag] = std::move(built.mapped());
  }
  for (const std::string& tag : steps.update) {
    if (proposal.failed.count(tag) > 0) continue;
    proposal.updating.extract(tag).mapped()->adopt();
  }
  for (auto& [tag, error] : proposal.failed) {
    log_warning("control", "backend '" + tag + "' does not serve: " + error.message());
    failures_.insert_or_assign(tag, error);
  }
  return leaving;
}

}  // namespace backplane::host
