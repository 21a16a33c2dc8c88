#pragma once

#include <backplane/abi.h>

namespace backplane::host {

// [any] The table of BP_THREAD_CHECK_EXTENSION. Lives for good.
const bp_thread_check& thread_check_extension();

}  // namespace backplane::host
