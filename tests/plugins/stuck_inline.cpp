#include <atomic>
#include <thread>

#include "tests/plugins/raw_plugin.hpp"

namespace {

std::atomic<bool> for_ever{true};

// Says that it never blocks, and never returns.
bp_status execute(bp_replica* /*replica*/, bp_call* const* /*calls*/, std::uint32_t /*n*/) {
  while (for_ever.load(std::memory_order_relaxed)) std::this_thread::yield();
  return BP_OK;
}

}  // namespace

BP_RAW_PLUGIN("stuck_inline", &execute, 1, BP_HF_NEVER_BLOCKS);
