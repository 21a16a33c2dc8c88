#include "tests/plugins/raw_plugin.hpp"

namespace {

// Completes with a number that is no bp_status.
bp_status execute(bp_replica* replica, bp_call* const* calls, std::uint32_t n) {
  const bp_host& host = *replica->host;
  for (std::uint32_t i = 0; i < n; ++i) {
    host.call_complete(calls[i], 4711, backplane::raw_text("no such status"));
  }
  return BP_OK;
}

}  // namespace

BP_RAW_PLUGIN("completes_wrong_status", &execute, 1);
