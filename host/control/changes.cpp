#include "host/control/changes.hpp"

#include <string_view>
#include <utility>

#include "host/config/app_document_check.hpp"
#include "host/config/backend_reader.hpp"
#include "host/json/json_value.hpp"

namespace backplane::host {
namespace {

Error unknown_endpoint(const std::string& name) {
  return Error(ErrorCode::kNotFound, "unknown_endpoint", "no endpoint is called '" + name + "'");
}

Error unknown_backend(const std::string& tag) {
  return Error(ErrorCode::kNotFound, "unknown_backend", "no backend is called '" + tag + "'");
}

std::string users_of(const AppDocument& document, const std::string& tag) {
  std::string users;
  for (const auto& [name, endpoint] : document.endpoints) {
    if (endpoint.traffic.count(tag) == 0 && endpoint.shadows.count(tag) == 0) continue;
    users += users.empty() ? "'" : ", '";
    users += name + "'";
  }
  return users;
}

// The endpoints that copy requests to `tag`.
std::string shadowing(const AppDocument& document, const std::string& tag) {
  std::string names;
  for (const auto& [name, endpoint] : document.endpoints) {
    if (endpoint.shadows.count(tag) == 0) continue;
    names += names.empty() ? "'" : ", '";
    names += name + "'";
  }
  return names;
}

}  // namespace

Change create_backend(BackendSpec spec) {
  return [spec = std::move(spec)](AppDocument& document) -> Status {
    const auto [place, added] = document.backends.emplace(spec.tag, spec);
    if (added || place->second == spec) return {};
    return Error(ErrorCode::kConflict, "backend_exists",
                 "backend '" + spec.tag + "' exists with another plugin, handler, init or config");
  };
}

Change configure_backend(std::string tag, std::string patch_json, AppLimits limits) {
  return [tag = std::move(tag), patch_json = std::move(patch_json),
          limits](AppDocument& document) -> Status {
    const auto found = document.backends.find(tag);
    if (found == document.backends.end()) return unknown_backend(tag);
    BackendSpec changed = found->second;
    Status applied = apply_backend_patch(patch_json, limits, changed.config);
    if (!applied.ok()) return applied;
    const std::string shadowed = shadowing(document, tag);
    if (changed.config.execution == Execution::kInline && !shadowed.empty()) {
      return Error(ErrorCode::kInvalidArgument, "inline_shadow",
                   "execution is 'inline'; backend '" + tag + "' is a shadow of endpoints " +
                       shadowed + ", so it must be 'replica'")
          .with_pointer("/config/execution");
    }
    found->second = std::move(changed);
    return {};
  };
}

Change delete_backend(std::string tag) {
  return [tag = std::move(tag)](AppDocument& document) -> Status {
    if (document.backends.count(tag) == 0) return unknown_backend(tag);
    const std::string users = users_of(document, tag);
    if (!users.empty()) {
      return Error(ErrorCode::kConflict, "backend_in_use",
                   "backend '" + tag + "' is used by endpoints " + users);
    }
    document.backends.erase(tag);
    return {};
  };
}

Change create_endpoint(EndpointSpec spec, bool with_traffic) {
  return [spec = std::move(spec), with_traffic](AppDocument& document) -> Status {
    if (const auto found = document.endpoints.find(spec.name); found != document.endpoints.end()) {
      EndpointSpec existing = found->second;
      if (!with_traffic) existing.traffic = spec.traffic;
      if (existing == spec) return {};
      return Error(ErrorCode::kConflict, "endpoint_exists",
                   "endpoint '" + spec.name +
                       "' exists with another route, methods, traffic, policy or shadows");
    }
    Status checked = check_endpoint(document, spec);
    if (checked.ok()) document.endpoints.emplace(spec.name, spec);
    return checked;
  };
}

Change delete_endpoint(std::string name) {
  return [name = std::move(name)](AppDocument& document) -> Status {
    if (document.endpoints.erase(name) == 0) return unknown_endpoint(name);
    return {};
  };
}

Change set_traffic(std::string name, Weights traffic) {
  return [name = std::move(name), traffic = std::move(traffic)](AppDocument& document) -> Status {
    const auto endpoint = document.endpoints.find(name);
    if (endpoint == document.endpoints.end()) return unknown_endpoint(name);
    for (const auto& [tag, weight] : traffic) {
      if (document.backends.count(tag) > 0) continue;
      return Error(ErrorCode::kInvalidArgument, "unknown_backend",
                   "no backend is called '" + tag + "'")
          .with_pointer(pointer_step(tag));
    }
    endpoint->second.traffic = traffic;
    return {};
  };
}

Change set_policy(std::string name, TrafficPolicy policy) {
  return [name = std::move(name), policy](AppDocument& document) -> Status {
    const auto endpoint = document.endpoints.find(name);
    if (endpoint == document.endpoints.end()) return unknown_endpoint(name);
    endpoint->second.policy = policy;
    return {};
  };
}

Change set_shadows(std::string name, std::map<std::string, double> shadows) {
  return [name = std::move(name), shadows = std::move(shadows)](AppDocument& document) -> Status {
    const auto endpoint = document.endpoints.find(name);
    if (endpoint == document.endpoints.end()) return unknown_endpoint(name);
    EndpointSpec changed = endpoint->second;
    changed.shadows = shadows;
    Status checked = check_endpoint(document, changed);
    if (!checked.ok()) {
      // The caller's document is the set alone.
      constexpr std::string_view kMember = "/shadows";
      std::string place = checked.error().pointer();
      if (place.starts_with(kMember)) place.erase(0, kMember.size());
      return std::move(checked).error().with_pointer(std::move(place));
    }
    endpoint->second = std::move(changed);
    return {};
  };
}

Change replace_all(AppDocument replacement) {
  return [replacement = std::move(replacement)](AppDocument& document) -> Status {
    document = replacement;
    return {};
  };
}

}  // namespace backplane::host
