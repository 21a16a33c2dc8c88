#include <unistd.h>

#include "tests/plugins/raw_plugin.hpp"

namespace {

// What the host says there next goes to whatever gets the number.
bp_status init(const bp_host*, bp_error*) {
  ::close(STDOUT_FILENO);
  return BP_OK;
}

}  // namespace

BP_RAW_PLUGIN_WITH_INIT("closes_standard_output", &init);
