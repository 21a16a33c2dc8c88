#include "tests/conformance/model/control_model.hpp"

#include <cmath>
#include <numeric>

namespace backplane::host {
namespace {

bool is_known(const ModelState& state, const std::map<std::string, double>& shares) {
  for (const auto& [tag, share] : shares) {
    if (state.backends.count(tag) == 0) return false;
  }
  return true;
}

bool sums_to_one(const std::map<std::string, double>& weights) {
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0,
                                     [](double all, const auto& one) { return all + one.second; });
  return std::abs(sum - 1) < 1e-3;
}

// Of an endpoint among the others.
std::string refusal_of(const ModelState& state, const std::string& name,
                       const ModelEndpoint& endpoint) {
  if (!is_known(state, endpoint.traffic)) return "422 unknown_backend";
  if (!is_known(state, endpoint.shadows)) return "422 unknown_backend";
  for (const auto& [other, taken] : state.endpoints) {
    if (other != name && !endpoint.route.empty() && taken.route == endpoint.route) {
      return "409 route_conflict";
    }
  }
  return {};
}

bool is_used(const ModelState& state, const std::string& tag) {
  for (const auto& [name, endpoint] : state.endpoints) {
    if (endpoint.traffic.count(tag) + endpoint.shadows.count(tag) > 0) return true;
  }
  return false;
}

// Why what differs from `former` cannot be made.
std::string build_refusal(const ModelState& former, const ModelState& next) {
  for (const auto& [tag, backend] : next.backends) {
    const auto running = former.backends.find(tag);
    if (running != former.backends.end() && running->second == backend) continue;
    if (backend.plugin == "nowhere") return "422 unknown_plugin";
    const bool takes_config = backend.plugin == "user_config_echo";
    if (!takes_config && !backend.user_config.empty()) return "422 user_config_not_supported";
    if (backend.plugin == "ctorfail") return "422 backend_init_failed";
    if (backend.user_config == "refuse") return "422 reconfigure_failed";
  }
  return {};
}

bool is_loaded(const ModelState& state, const std::string& plugin) {
  for (const auto& [tag, backend] : state.backends) {
    if (backend.plugin == plugin) return true;
  }
  return false;
}

// The same as far as it is known of handlers whose code is loaded.
std::string fit_refusal(const ModelState& former, const ModelState& next) {
  ModelState known;
  for (const auto& [tag, backend] : next.backends) {
    if (!is_loaded(former, backend.plugin)) continue;
    known.backends[tag] = backend;
    // What only making it shows.
    if (backend.user_config == "refuse" && backend.plugin == "user_config_echo") {
      known.backends.erase(tag);
    }
  }
  return build_refusal(former, known);
}

void patch(ModelBackend& backend, const std::string& key, const std::string& value) {
  const bool resets = value == "null";
  if (key == "user_config") backend.user_config = resets ? "" : value.substr(1, value.size() - 2);
  if (key == "num_replicas") backend.num_replicas = resets ? 1 : std::stoi(value);
  if (key == "max_queue") backend.max_queue = resets ? 0 : std::stoi(value);
}

std::string action_of(const ModelStep& step) {
  switch (step.kind) {
    case StepKind::kPutBackend:
      return "put_backend " + step.name;
    case StepKind::kPatchBackend:
      return "patch_backend " + step.name;
    case StepKind::kDeleteBackend:
      return "delete_backend " + step.name;
    case StepKind::kPutEndpoint:
      return "put_endpoint " + step.name;
    case StepKind::kDeleteEndpoint:
      return "delete_endpoint " + step.name;
    case StepKind::kPutTraffic:
      return "set_traffic " + step.name;
    case StepKind::kPutPolicy:
      return "set_policy " + step.name;
    case StepKind::kPutShadows:
      return "set_shadows " + step.name;
    case StepKind::kPutApp:
      return "put_app";
    default:
      return {};
  }
}

// A change of what `step` names and must be there.
std::string edit_present(const ModelStep& step, ModelState& next) {
  const bool is_backend =
      step.kind == StepKind::kPatchBackend || step.kind == StepKind::kDeleteBackend;
  if (is_backend) {
    const auto backend = next.backends.find(step.name);
    if (backend == next.backends.end()) return "404 unknown_backend";
    if (step.kind == StepKind::kPatchBackend) {
      patch(backend->second, step.key, step.value);
    } else if (is_used(next, step.name)) {
      return "409 backend_in_use";
    } else {
      next.backends.erase(backend);
    }
    return {};
  }
  const auto endpoint = next.endpoints.find(step.name);
  if (endpoint == next.endpoints.end()) return "404 unknown_endpoint";
  if (step.kind == StepKind::kDeleteEndpoint) {
    next.endpoints.erase(endpoint);
  } else if (step.kind == StepKind::kPutTraffic) {
    if (!sums_to_one(step.endpoint.traffic)) return "422 invalid_weights";
    if (!is_known(next, step.endpoint.traffic)) return "422 unknown_backend";
    endpoint->second.traffic = step.endpoint.traffic;
  } else if (step.kind == StepKind::kPutPolicy) {
    endpoint->second.policy = step.endpoint.policy;
    endpoint->second.packing_num = step.endpoint.packing_num;
  } else {
    if (!is_known(next, step.endpoint.shadows)) return "422 unknown_backend";
    endpoint->second.shadows = step.endpoint.shadows;
  }
  return {};
}

std::string edit_app(const ModelState& app, ModelState& next) {
  for (const auto& [name, endpoint] : app.endpoints) {
    std::string refused = refusal_of(app, name, endpoint);
    if (!refused.empty()) return refused;
  }
  next = app;
  return {};
}

template <typename Object>
std::string put(std::map<std::string, Object>& objects, const std::string& name,
                const Object& object, const std::string& refusal) {
  const auto [place, added] = objects.emplace(name, object);
  return added || place->second == object ? "" : refusal;
}

}  // namespace

std::optional<std::uint64_t> ControlModel::undone_by(const ModelStep& step) const {
  if (step.back > 0) {
    const auto back = static_cast<std::uint64_t>(step.back);
    return revision() > back ? std::optional(revision() - back) : std::nullopt;
  }
  std::uint64_t undone = revision();
  while (revisions_[undone].restores != 0) undone = revisions_[undone].restores;
  return undone > 1 ? std::optional(undone - 1) : std::nullopt;
}

std::string ControlModel::edit(const ModelStep& step, ModelState& next) const {
  switch (step.kind) {
    case StepKind::kPutBackend:
      return put(next.backends, step.name, step.backend, "409 backend_exists");
    case StepKind::kPutEndpoint: {
      const bool exists = next.endpoints.count(step.name) > 0;
      std::string refused = exists ? "" : refusal_of(next, step.name, step.endpoint);
      if (!refused.empty()) return refused;
      return put(next.endpoints, step.name, step.endpoint, "409 endpoint_exists");
    }
    case StepKind::kPutApp:
      return edit_app(step.app, next);
    case StepKind::kUndo: {
      const auto to = undone_by(step);
      if (!to) return step.back > 0 ? "422 unknown_revision" : "409 nothing_to_undo";
      next = revisions_[*to].state;
      return {};
    }
    default:
      return edit_present(step, next);
  }
}

ModelAnswer ControlModel::apply(const ModelStep& step) {
  const auto refused = [](const std::string& refusal) {
    return ModelAnswer{.status = std::stoi(refusal), .code = refusal.substr(4)};
  };
  if (step.kind == StepKind::kRestart) return {};
  if (step.kind == StepKind::kBadCall) return {.status = step.bad.status, .code = step.bad.code};
  if (step.match == IfMatch::kStale) return refused("412 stale_revision");
  ModelState next = state();
  std::string refusal = edit(step, next);
  if (refusal.empty()) {
    refusal = step.dry_run ? fit_refusal(state(), next) : build_refusal(state(), next);
  }
  if (!refusal.empty()) return refused(refusal);
  const bool changed = next != state();
  if (step.dry_run || !changed) return {.changed = changed};
  Revision made{.state = std::move(next), .action = action_of(step)};
  if (step.kind == StepKind::kUndo) {
    made.restores = *undone_by(step);
    made.action = "undo to " + std::to_string(made.restores);
  }
  revisions_.push_back(std::move(made));
  const bool creates = step.kind == StepKind::kPutBackend || step.kind == StepKind::kPutEndpoint;
  return {.status = creates ? 201 : 200, .changed = true};
}

}  // namespace backplane::host
