#pragma once

#include <backplane/abi.h>

namespace backplane::host {

// "backplane.cancel/1" as plugins see it: the same for all of them.
const bp_cancel& cancel_extension();

}  // namespace backplane::host
