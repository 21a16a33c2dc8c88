#pragma once

#include <backplane/abi.h>

namespace backplane::host {

// "backplane.invoke/1" as plugins see it: the same for all of them.
const bp_invoke& invoke_extension();

}  // namespace backplane::host
