#include "tests/plugins/raw_plugin.hpp"

namespace {

// Writes up to 4 GiB, until the host refuses, and then says OK all the same.
bp_status execute(bp_replica* replica, bp_call* const* calls, std::uint32_t n) {
  static constexpr std::uint64_t kBlock = 1 << 20;
  static const char block[kBlock] = {};
  const bp_host& host = *replica->host;
  for (std::uint32_t i = 0; i < n; ++i) {
    for (int written = 0; written < 4096; ++written) {
      if (host.call_write(calls[i], block, kBlock, 0) != BP_OK) break;
    }
    host.call_complete(calls[i], BP_OK, {});
  }
  return BP_OK;
}

}  // namespace

BP_RAW_PLUGIN("huge_answer", &execute, 1);
