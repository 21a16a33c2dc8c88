#pragma once

#include "host/config/app_document.hpp"
#include "host/json/json_writer.hpp"

namespace backplane::host {

// [any] Writes every member of its first argument into the object that is open, as the readers take
// them.
void write_members(const BackendSpec& spec, JsonWriter& json);
void write_members(const EndpointSpec& spec, JsonWriter& json);
void write_members(const AppDocument& document, JsonWriter& json);

// [any] Writes the whole document as one object.
void write_app_document(const AppDocument& document, JsonWriter& json);

}  // namespace backplane::host
