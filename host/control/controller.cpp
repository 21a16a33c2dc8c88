#include "host/control/controller.hpp"

#include <algorithm>
#include <utility>

#include "host/json/json_value.hpp"

namespace backplane::host {

Controller::Controller(const ControllerSetup& setup)
    : setup_(setup),
      opener_(setup.control, setup.loader, setup.store, setup.probe),
      builder_(BuilderSetup{.control = setup.control,
                            .loader = setup.loader,
                            .opener = opener_,
                            .init_timeout = setup.init_timeout,
                            .metrics = setup.metrics,
                            .submitters = setup.routing_threads}),
      snapshots_(setup.routing_threads) {}

void Controller::begin_drain() {
  draining_ = true;
  publish();
}

void Controller::close_backends(const Error& error) {
  builder_.refuse_new();
  end_trials(error);
  for (const auto& [id, backend] : builder_.alive()) {
    backend->close_now(error);
    backend->abandon_start(Error(ErrorCode::kUnavailable, "shutting_down", "the host is stopping"));
  }
}

void Controller::release_backends() {
  serving_.clear();
  canaries_.clear();
  setup_.table.publish(snapshots_.build(AppDocument{}, serving_, canaries_, draining_));
}

void Controller::publish() {
  setup_.table.publish(snapshots_.build(desired_, serving_, canaries_, draining_));
}

std::set<std::string> Controller::down() const {
  std::set<std::string> tags;
  for (const auto& [tag, spec] : desired_.backends) {
    if (serving_.count(tag) == 0) tags.insert(tag);
  }
  return tags;
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

std::vector<std::string> Controller::users_of(const std::string& plugin) const {
  std::vector<std::string> tags;
  for (const auto& [tag, spec] : desired_.backends) {
    if (spec.plugin == plugin) tags.push_back(tag);
  }
  return tags;
}

std::vector<std::string> Controller::unready_causes() const {
  std::vector<std::string> causes;
  if (starting_) causes.emplace_back("the host is starting");
  if (draining_) causes.emplace_back("the host is shutting down");
  for (const auto& [tag, error] : failures_) {
    causes.push_back("backend '" + tag + "': " + error.message());
  }
  return causes;
}

PluginVersions Controller::next_versions(const Proposal& proposal, const AppDocument& next) const {
  PluginVersions versions;
  for (const auto& [tag, spec] : next.backends) {
    if (const auto known = versions_.find(spec.plugin); known != versions_.end()) {
      versions.insert(*known);
    } else if (const auto stored = proposal.request.versions.find(spec.plugin);
               stored != proposal.request.versions.end()) {
      versions.insert(*stored);
    }
  }
  for (const auto& [tag, backend] : proposal.built) {
    const auto spec = next.backends.find(tag);
    if (spec == next.backends.end() || backend->library() == nullptr) continue;
    PluginVersion& version = versions[spec->second.plugin];
    const std::string& sha256 = backend->library()->sha256();
    if (version.sha256 == sha256) continue;
    version.previous = std::exchange(version.sha256, sha256);
  }
  return versions;
}

Status Controller::check_fits(const ChangeRequest& request, const Plan& steps,
                              const AppDocument& next) const {
  for (const auto& tags : {steps.start, steps.update}) {
    for (const std::string& tag : tags) {
      const BackendSpec& spec = next.backends.at(tag);
      const auto same = std::find_if(serving_.begin(), serving_.end(), [&spec](const auto& one) {
        return one.second->library() != nullptr && one.second->spec().plugin == spec.plugin;
      });
      if (same == serving_.end()) continue;
      const auto handlers = same->second->library()->handlers();
      const auto handler = std::find_if(handlers.begin(), handlers.end(), [&spec](const auto& one) {
        return one.name == spec.handler;
      });
      Status fits =
          handler != handlers.end()
              ? check_handler_fits(spec, *handler)
              : Status(Error(ErrorCode::kInvalidArgument, "unknown_handler",
                             "plugin '" + spec.plugin + "' has no handler '" + spec.handler + "'")
                           .with_pointer("/handler"));
      if (!fits.ok()) return told_of(request, tag, fits.error());
    }
  }
  return {};
}

Error Controller::told_of(const ChangeRequest& request, const std::string& tag,
                          const Error& error) {
  Error told = Error(error).with_context("backend '" + tag + "'");
  if (told.pointer().empty() || request.object == tag) return told;
  // The body was a document of many backends, or, of an undo, none.
  std::string place;
  if (request.object.empty()) place = "/backends" + pointer_step(tag) + error.pointer();
  return std::move(told).with_pointer(std::move(place));
}

}  // namespace backplane::host
