#pragma once

#include <string>

#include "host/json/json_value.hpp"

namespace backplane::host {

// What `GET /v1/endpoints` answers, as a table. Pure, as all of these.
std::string render_endpoints(const JsonValue& answer);
// One endpoint: what it is, and a table of the backends its traffic goes to.
std::string render_endpoint(const JsonValue& endpoint);

// "GET /split, traffic a=0.7 b=0.3": an endpoint in a few words, without its name.
std::string endpoint_summary(const JsonValue& endpoint);

}  // namespace backplane::host
