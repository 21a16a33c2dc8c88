#include "tests/plugins/raw_plugin.hpp"

namespace {

// Sets the framing header that is the host's, to a wrong number.
bp_status execute(bp_replica* replica, bp_call* const* calls, std::uint32_t n) {
  const bp_host& host = *replica->host;
  for (std::uint32_t i = 0; i < n; ++i) {
    const bp_kv header{backplane::raw_text("Content-Length"), backplane::raw_text("3")};
    host.call_head(calls[i], 200, &header, 1);
    host.call_write(calls[i], "longer than three", 17, 0);
    host.call_complete(calls[i], BP_OK, {});
  }
  return BP_OK;
}

}  // namespace

BP_RAW_PLUGIN("content_length", &execute, 1);
