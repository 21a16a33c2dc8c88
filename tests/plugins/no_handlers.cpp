#include "tests/plugins/raw_plugin.hpp"

namespace {

// A table without handlers.
constexpr bp_plugin kPlugin = backplane::raw_plugin("no_handlers", nullptr, 0);

}  // namespace

BP_RAW_NOTE("no_handlers");
BP_RAW_ENTRY(&kPlugin);
