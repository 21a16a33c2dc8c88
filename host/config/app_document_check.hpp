#pragma once

#include <vector>

#include "host/base/status.hpp"
#include "host/config/app_document.hpp"

namespace backplane::host {

// [any] Whether `endpoint` may stand in `document`, in place of one of its name. Pure.
// kInvalidArgument "unknown_backend": traffic or a shadow names a backend that is not there.
// kConflict "route_conflict": its route is another endpoint's. Pointers start at the endpoint.
Status check_endpoint(const AppDocument& document, const EndpointSpec& endpoint);

// [any] The same for every endpoint of `document`, all errors; pointers start at the document.
std::vector<Error> check_app_document(const AppDocument& document);

}  // namespace backplane::host
