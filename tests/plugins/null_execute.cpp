#include "tests/plugins/raw_plugin.hpp"

namespace {

// A handler without the function that serves.
constexpr bp_handler kHandler = backplane::raw_handler("null_execute", nullptr, 1);
constexpr const bp_handler* kHandlers[] = {&kHandler};
constexpr bp_plugin kPlugin = backplane::raw_plugin("null_execute", kHandlers, 1);

}  // namespace

BP_RAW_NOTE("null_execute");
BP_RAW_ENTRY(&kPlugin);
