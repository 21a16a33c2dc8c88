#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/result.hpp"
#include "host/config/endpoint_spec.hpp"
#include "host/json/json_value.hpp"

namespace backplane::host {

// [any] Reads `{"route": "/split", "methods": ["GET"], "traffic": {…}, "policy": "random",
// "shadows": {…}}`; every key may be absent, but "fixed_packing" needs its "packing_num". `name` is
// checked too, and its errors point at `value`. Whether backends exist and routes are free is
// check_endpoint's to say.
EndpointSpec read_endpoint(std::string_view name, const JsonValue& value,
                           std::vector<Error>& errors);

// [any] The same as the body of one call: its first error.
// kInvalidArgument "unknown_field", "invalid_argument", "bad_route", "invalid_weights",
// "invalid_policy" or "invalid_shadows"; kMalformed "bad_name", which stands in the path.
Result<EndpointSpec> parse_endpoint(std::string_view name, const JsonValue& body);

// [any] `{"a": 0.7, "b": 0.3}`, checked and normalised. kInvalidArgument "invalid_weights".
Result<Weights> parse_traffic(const JsonValue& body);

// [any] `{"policy": "round_robin"}`, or `{"policy": "fixed_packing", "packing_num": 3}`.
// kInvalidArgument "missing_field", "unknown_field", "invalid_argument" or "invalid_policy".
Result<TrafficPolicy> parse_policy(const JsonValue& body);

// [any] `{"c": 0.1}`: proportions from 0 to 1, each drawn by itself; 0 is the same as absent.
// kInvalidArgument "invalid_shadows".
Result<std::map<std::string, double>> parse_shadows(const JsonValue& body);

}  // namespace backplane::host
