#include "tests/plugins/raw_plugin.hpp"

// Refuses every host.
BP_RAW_NOTE("null_entry");
BP_RAW_ENTRY(nullptr);
