#include "tests/plugins/raw_plugin.hpp"

namespace {

// A status that HTTP does not have.
bp_status execute(bp_replica* replica, bp_call* const* calls, std::uint32_t n) {
  const bp_host& host = *replica->host;
  for (std::uint32_t i = 0; i < n; ++i) {
    const bp_kv header{backplane::raw_text("X-Note"), backplane::raw_text("999")};
    host.call_head(calls[i], 999, &header, 1);
    host.call_write(calls[i], "body", 4, 0);
    host.call_complete(calls[i], BP_OK, {});
  }
  return BP_OK;
}

}  // namespace

BP_RAW_PLUGIN("status_999", &execute, 1);
