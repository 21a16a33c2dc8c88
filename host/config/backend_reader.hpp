#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "host/base/result.hpp"
#include "host/base/status.hpp"
#include "host/config/app_document.hpp"
#include "host/json/json_value.hpp"

namespace backplane::host {

// [any] Reads `{"num_replicas": 2, …}` into `config`: keys that are absent, and those that add an
// error, leave what is there.
void read_backend_config(const JsonValue& value, const AppLimits& limits, BackendConfig& config,
                         std::vector<Error>& errors);

// [any] Reads `{"plugin": "hello", "handler": "hello", "init": …, "config": {…}}`. `tag` is
// checked too, and its errors point at `value`.
BackendSpec read_backend(std::string_view tag, const JsonValue& value, const AppLimits& limits,
                         std::vector<Error>& errors);

// [any] The same as the body of one call: its first error.
// kInvalidArgument "unknown_field", "missing_field", "invalid_argument", "bad_plugin_name" or, of
// the handler, "bad_name"; kMalformed "bad_name" of the tag, which stands in the path.
Result<BackendSpec> parse_backend(std::string_view tag, const JsonValue& body,
                                  const AppLimits& limits);

// [any] Reads `{"config": {…}}`, the body of a call that changes some keys: compact text for
// apply_backend_patch(). kInvalidArgument as above.
Result<std::string> parse_backend_patch(const JsonValue& body);

// [any] Sets the keys that `patch_json` names, null to their default; on an error `config` is as it
// was. user_config is one value: it is replaced, not merged.
Status apply_backend_patch(const std::string& patch_json, const AppLimits& limits,
                           BackendConfig& config);

}  // namespace backplane::host
