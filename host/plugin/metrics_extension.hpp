#pragma once

#include <backplane/abi.h>

namespace backplane::host {

// [any] The table of BP_METRICS_EXTENSION: the plugin's MetricRegistry in C. Lives for good.
const bp_metrics& metrics_extension();

}  // namespace backplane::host
