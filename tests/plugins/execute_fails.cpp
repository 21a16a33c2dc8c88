#include "tests/plugins/raw_plugin.hpp"

namespace {

// Completes nothing and says UNAVAILABLE, so the host owes the answers.
bp_status execute(bp_replica* replica, bp_call* const* calls, std::uint32_t n) {
  return (replica != nullptr && calls != nullptr && n > 0) ? BP_UNAVAILABLE : BP_INTERNAL;
}

}  // namespace

BP_RAW_PLUGIN("execute_fails", &execute, 64);
