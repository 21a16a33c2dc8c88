#pragma once

#include <chrono>
#include <string>

#include "host/base/status.hpp"
#include "host/json/json_value.hpp"

namespace backplane::host {

// What `GET /v1/operations` answers, as a table. Pure, as all of these.
std::string render_operations(const JsonValue& answer);
// One operation, a line for each thing that is known of it.
std::string render_operation(const JsonValue& operation);

// "operation 12 put_backend a: failed, replica 2 failed": where it is, in one line.
std::string operation_line(const JsonValue& operation);

// "put_backend a: building, 1 of 3 built, 4 s": what is shown while it runs.
std::string progress_line(const JsonValue& operation, std::chrono::seconds elapsed);

std::string operation_id(const JsonValue& operation);
bool is_running(const JsonValue& operation);
// Of one that has ended: why it did not succeed. kConflict "operation_aborted"; else what it
// failed with.
Status operation_outcome(const JsonValue& operation);

}  // namespace backplane::host
