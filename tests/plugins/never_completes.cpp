#include "tests/plugins/raw_plugin.hpp"

namespace {

// Says OK and leaves its requests open.
bp_status execute(bp_replica* replica, bp_call* const* calls, std::uint32_t n) {
  return (replica != nullptr && calls != nullptr && n > 0) ? BP_OK : BP_INTERNAL;
}

}  // namespace

BP_RAW_PLUGIN("never_completes", &execute, 64);
