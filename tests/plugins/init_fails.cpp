#include <cstring>

#include "tests/plugins/raw_plugin.hpp"

namespace {

// Refuses in init(): no replica may be created, and deinit() is not due.
bp_status init(const bp_host*, bp_error* error) {
  static constexpr char kMessage[] = "licence expired";
  std::memcpy(error->message, kMessage, sizeof(kMessage));
  error->code = BP_UNAVAILABLE;
  return BP_UNAVAILABLE;
}

}  // namespace

BP_RAW_PLUGIN_WITH_INIT("init_fails", &init);
