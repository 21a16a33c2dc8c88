#pragma once

#include <functional>
#include <map>
#include <string>

#include "host/base/status.hpp"
#include "host/config/app_document.hpp"

namespace backplane::host {

// One change of the desired state: edits the document it is given, or says why it may not and
// leaves it alone. Applied once to see what must be built, and again to whatever the document is
// by the time that is done; so it must be a pure function of the document.
using Change = std::function<Status(AppDocument&)>;

// Adds a backend. Unchanged when an equal one exists; kConflict "backend_exists" when one of that
// tag differs.
Change create_backend(BackendSpec spec);
// Changes the keys of a backend's config that `patch_json` (of parse_backend_patch) names.
// kNotFound "unknown_backend", kInvalidArgument "inline_shadow", and what the reader of a config
// says.
Change configure_backend(std::string tag, std::string patch_json, AppLimits limits);
// kNotFound "unknown_backend"; kConflict "backend_in_use" naming the endpoints that send to it, by
// weight (0 counts) or as a shadow.
Change delete_backend(std::string tag);
// Adds an endpoint. `with_traffic`: the request named the traffic. Unchanged when an equal one
// exists (of any traffic, when it did not); kConflict "endpoint_exists" or "route_conflict";
// kInvalidArgument "unknown_backend".
Change create_endpoint(EndpointSpec spec, bool with_traffic);
// kNotFound "unknown_endpoint".
Change delete_endpoint(std::string name);
// Replaces the weights; policy and shadows stay. kNotFound "unknown_endpoint", kInvalidArgument
// "unknown_backend".
Change set_traffic(std::string name, Weights traffic);
// Replaces the policy; weights and shadows stay. kNotFound "unknown_endpoint".
Change set_policy(std::string name, TrafficPolicy policy);
// Replaces the shadows; weights and policy stay. kNotFound "unknown_endpoint"; kInvalidArgument
// "unknown_backend" or "inline_shadow", pointing at the backend in the set.
Change set_shadows(std::string name, std::map<std::string, double> shadows);
// The whole document at once.
Change replace_all(AppDocument document);

}  // namespace backplane::host
