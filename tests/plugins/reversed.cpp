#include "tests/plugins/raw_plugin.hpp"

namespace {

// Answers a batch from its end; each request gets its own body back.
bp_status execute(bp_replica* replica, bp_call* const* calls, std::uint32_t n) {
  const bp_host& host = *replica->host;
  for (std::uint32_t i = n; i > 0; --i) {
    bp_call* const call = calls[i - 1];
    const bp_str body = host.call_request(call)->body;
    host.call_write(call, body.ptr, body.len, 0);
    host.call_complete(call, BP_OK, {});
  }
  return BP_OK;
}

}  // namespace

BP_RAW_PLUGIN("reversed", &execute, 64);
