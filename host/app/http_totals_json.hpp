#pragma once

#include "host/json/json_writer.hpp"
#include "host/metrics/http_counters.hpp"

namespace backplane::host {

// Writes what a listener has counted as members of the object that is open in `json`.
void write_http_totals(const HttpTotals& totals, JsonWriter& json);

}  // namespace backplane::host
