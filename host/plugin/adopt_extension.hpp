#pragma once

#include <backplane/abi.h>

namespace backplane::host {

// [any] The table of BP_ADOPT_EXTENSION: CallSlot::adopt() in C. Lives for good.
const bp_adopt& adopt_extension();

}  // namespace backplane::host
