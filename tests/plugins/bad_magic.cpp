#include "tests/plugins/raw_plugin.hpp"

namespace {

bp_status execute(bp_replica* replica, bp_call* const* calls, std::uint32_t n) {
  for (std::uint32_t i = 0; i < n; ++i) replica->host->call_complete(calls[i], BP_OK, {});
  return BP_OK;
}

constexpr bp_handler kHandler = backplane::raw_handler("bad_magic", &execute, 1);
constexpr const bp_handler* kHandlers[] = {&kHandler};

// The note is right and the table is not what it says it is.
constexpr bp_plugin with_bad_magic() {
  bp_plugin plugin = backplane::raw_plugin("bad_magic", kHandlers, 1);
  plugin.magic = 0x21444142u;
  return plugin;
}
constexpr bp_plugin kPlugin = with_bad_magic();

}  // namespace

BP_RAW_NOTE("bad_magic");
BP_RAW_ENTRY(&kPlugin);
