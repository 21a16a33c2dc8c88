#include "tests/plugins/raw_plugin.hpp"

namespace {

// Answers, and then answers again.
bp_status execute(bp_replica* replica, bp_call* const* calls, std::uint32_t n) {
  const bp_host& host = *replica->host;
  for (std::uint32_t i = 0; i < n; ++i) {
    host.call_write(calls[i], "first", 5, 0);
    host.call_complete(calls[i], BP_OK, {});
    host.call_complete(calls[i], BP_INTERNAL, backplane::raw_text("second"));
  }
  return BP_OK;
}

}  // namespace

BP_RAW_PLUGIN("completes_twice", &execute, 1);
