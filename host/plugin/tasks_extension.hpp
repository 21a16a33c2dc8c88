#pragma once

#include <backplane/abi.h>

namespace backplane::host {

// [any] The table of BP_TASKS_EXTENSION: AbiBridge::submit() in C. Lives for good.
const bp_tasks& tasks_extension();

}  // namespace backplane::host
