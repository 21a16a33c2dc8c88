#pragma once

#include <string>
#include <string_view>

#include "host/base/result.hpp"
#include "host/config/backend_spec.hpp"
#include "host/config/endpoint_spec.hpp"
#include "host/json/json_document.hpp"

namespace backplane::host {

// [any] One compact JSON object, as the app document holds it.
std::string object_json(const BackendSpec& spec);
std::string object_json(const EndpointSpec& spec);

// [any] Reads JSON that this program wrote, without the limits on what clients send: objects that
// passed those lie a few levels deeper in a document, and a document holds many.
Result<JsonDocument> parse_state_json(std::string_view text);

}  // namespace backplane::host
