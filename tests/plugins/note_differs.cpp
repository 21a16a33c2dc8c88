#include "tests/plugins/raw_plugin.hpp"

namespace {

bp_status execute(bp_replica* replica, bp_call* const* calls, std::uint32_t n) {
  for (std::uint32_t i = 0; i < n; ++i) replica->host->call_complete(calls[i], BP_OK, {});
  return BP_OK;
}

constexpr bp_handler kHandler = backplane::raw_handler("note_differs", &execute, 1);
constexpr const bp_handler* kHandlers[] = {&kHandler};
constexpr bp_plugin kPlugin = backplane::raw_plugin("note_differs", kHandlers, 1);

}  // namespace

// Its note announces another plugin than its table.
BP_RAW_NOTE("another_name");
BP_RAW_ENTRY(&kPlugin);
