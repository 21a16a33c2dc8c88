#pragma once

#include <backplane/abi.h>

namespace backplane::host {

// "backplane.flow/1" as plugins see it: the same for all of them.
const bp_flow& flow_extension();

}  // namespace backplane::host
