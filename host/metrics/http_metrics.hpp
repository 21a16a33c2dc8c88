#pragma once

#include <string>

#include "host/metrics/http_counters.hpp"
#include "host/metrics/metrics_page.hpp"

namespace backplane::host {

// Adds what the listener called `listener` has counted to `page`, as backplane_http_….
void write_http_metrics(const std::string& listener, const HttpTotals& totals, MetricsPage& page);

}  // namespace backplane::host
