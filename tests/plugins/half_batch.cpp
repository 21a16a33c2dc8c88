#include "tests/plugins/raw_plugin.hpp"

namespace {

// Answers the first half of a batch, rounded up, and forgets the rest.
bp_status execute(bp_replica* replica, bp_call* const* calls, std::uint32_t n) {
  const bp_host& host = *replica->host;
  for (std::uint32_t i = 0; i < (n + 1) / 2; ++i) {
    host.call_write(calls[i], "half", 4, 0);
    host.call_complete(calls[i], BP_OK, {});
  }
  return BP_OK;
}

}  // namespace

BP_RAW_PLUGIN("half_batch", &execute, 64);
