#include <algorithm>

#include "tests/plugins/raw_plugin.hpp"

namespace {

// Builds its answer in the host's memory: the body of the request, backwards.
bp_status execute(bp_replica* replica, bp_call* const* calls, std::uint32_t n) {
  const bp_host& host = *replica->host;
  for (std::uint32_t i = 0; i < n; ++i) {
    const bp_str body = host.call_request(calls[i])->body;
    char* const answer = static_cast<char*>(host.call_alloc(calls[i], body.len));
    if (answer == nullptr) {
      host.call_complete(calls[i], BP_EXHAUSTED, backplane::raw_text("no memory for the answer"));
      continue;
    }
    std::reverse_copy(body.ptr, body.ptr + body.len, answer);
    host.call_write(calls[i], answer, body.len, 0);
    host.call_complete(calls[i], BP_OK, {});
  }
  return BP_OK;
}

}  // namespace

BP_RAW_PLUGIN("alloc_answer", &execute, 64);
