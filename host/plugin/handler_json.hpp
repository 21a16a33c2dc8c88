#pragma once

#include <vector>

#include "host/json/json_writer.hpp"
#include "host/plugin/handler_factory.hpp"

namespace backplane::host {

// [any] Writes the member "handlers", an array, of the object that is open in `json`.
void write_handlers(JsonWriter& json, const std::vector<HandlerDescription>& handlers);

}  // namespace backplane::host
