#include "host/config/app_document_check.hpp"

#include <string>
#include <utility>

#include "host/config/routes.hpp"
#include "host/json/json_value.hpp"

namespace backplane::host {
namespace {

void check_tags(const AppDocument& document, const EndpointSpec& endpoint,
                const std::map<std::string, double>& shares, const std::string& member,
                std::vector<Error>& errors) {
  for (const auto& entry : shares) {
    const std::string& tag = entry.first;
    if (document.backends.contains(tag)) continue;
    std::string message = member;
    message.append(" of endpoint '").append(endpoint.name).append("' names backend '");
    message.append(tag).append("', which does not exist");
    errors.push_back(Error(ErrorCode::kInvalidArgument, "unknown_backend", std::move(message))
                         .with_pointer("/" + member + pointer_step(tag)));
  }
}

// A shadow never delays the primary, and inline it would run ahead of its answer.
void check_shadows(const AppDocument& document, const EndpointSpec& endpoint,
                   std::vector<Error>& errors) {
  for (const auto& [tag, share] : endpoint.shadows) {
    const auto found = document.backends.find(tag);
    if (found == document.backends.end()) continue;
    if (found->second.config.execution != Execution::kInline) continue;
    errors.push_back(Error(ErrorCode::kInvalidArgument, "inline_shadow",
                           "shadows of endpoint '" + endpoint.name + "' names backend '" + tag +
                               "', whose execution is 'inline'; a shadow's must be 'replica'")
                         .with_pointer("/shadows" + pointer_step(tag)));
  }
}

std::vector<Error> errors_of(const AppDocument& document, const EndpointSpec& endpoint) {
  std::vector<Error> errors;
  check_tags(document, endpoint, endpoint.traffic, "traffic", errors);
  check_tags(document, endpoint, endpoint.shadows, "shadows", errors);
  check_shadows(document, endpoint, errors);
  for (const auto& [name, other] : document.endpoints) {
    if (name == endpoint.name || !endpoint.route || !other.route) continue;
    if (!routes_clash(*endpoint.route, *other.route)) continue;
    errors.push_back(Error(ErrorCode::kConflict, "route_conflict",
                           "route '" + *endpoint.route + "' of endpoint '" + endpoint.name +
                               "' clashes with route '" + *other.route + "' of endpoint '" + name +
                               "'")
                         .with_pointer("/route"));
  }
  return errors;
}

}  // namespace

Status check_endpoint(const AppDocument& document, const EndpointSpec& endpoint) {
  std::vector<Error> errors = errors_of(document, endpoint);
  if (errors.empty()) return {};
  return std::move(errors.front());
}

std::vector<Error> check_app_document(const AppDocument& document) {
  std::vector<Error> all;
  for (const auto& [name, endpoint] : document.endpoints) {
    for (Error& error : errors_of(document, endpoint)) {
      const std::string pointer = "/endpoints" + pointer_step(name) + error.pointer();
      all.push_back(std::move(error).with_pointer(pointer));
    }
  }
  return all;
}

}  // namespace backplane::host
