#include "tests/plugins/raw_plugin.hpp"

namespace {

bp_status execute(bp_replica* replica, bp_call* const* calls, std::uint32_t n) {
  for (std::uint32_t i = 0; i < n; ++i) replica->host->call_complete(calls[i], BP_OK, {});
  return BP_OK;
}

// Two handlers under one name.
constexpr bp_handler kFirst = backplane::raw_handler("same", &execute, 1);
constexpr bp_handler kSecond = backplane::raw_handler("same", &execute, 1);
constexpr const bp_handler* kHandlers[] = {&kFirst, &kSecond};
constexpr bp_plugin kPlugin = backplane::raw_plugin("dup_handler_names", kHandlers, 2);

}  // namespace

BP_RAW_NOTE("dup_handler_names");
BP_RAW_ENTRY(&kPlugin);
