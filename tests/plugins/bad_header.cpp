#include "tests/plugins/raw_plugin.hpp"

namespace {

// A header value that would start a second answer, if the host wrote it out. It does not care
// that the host refuses the head.
bp_status execute(bp_replica* replica, bp_call* const* calls, std::uint32_t n) {
  const bp_host& host = *replica->host;
  for (std::uint32_t i = 0; i < n; ++i) {
    const bp_kv header{backplane::raw_text("X-Note"),
                       backplane::raw_text("a\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK")};
    host.call_head(calls[i], 200, &header, 1);
    host.call_write(calls[i], "body", 4, 0);
    host.call_complete(calls[i], BP_OK, {});
  }
  return BP_OK;
}

}  // namespace

BP_RAW_PLUGIN("bad_header", &execute, 1);
