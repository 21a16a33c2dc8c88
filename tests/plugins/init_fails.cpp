#include <cstring>

#include "tests/plugins/raw_plugin.hpp"

namespace {

bp_status execute(bp_replica* replica, bp_call* const* calls, std::uint32_t n) {
  for (std::uint32_t i = 0; i < n; ++i) replica->host->call_complete(calls[i], BP_OK, {});
  return BP_OK;
}

// Refuses in init(): no replica may be created, and deinit() is not due.
bp_status init(const bp_host*, bp_error* error) {
  static constexpr char kMessage[] = "licence expired";
  std::memcpy(error->message, kMessage, sizeof(kMessage));
  error->code = BP_UNAVAILABLE;
  return BP_UNAVAILABLE;
}

constexpr bp_handler kHandler = backplane::raw_handler("init_fails", &execute, 1);
constexpr const bp_handler* kHandlers[] = {&kHandler};

constexpr bp_plugin with_init() {
  bp_plugin plugin = backplane::raw_plugin("init_fails", kHandlers, 1);
  plugin.init = &init;
  return plugin;
}
constexpr bp_plugin kPlugin = with_init();

}  // namespace

BP_RAW_NOTE("init_fails");
BP_RAW_ENTRY(&kPlugin);
