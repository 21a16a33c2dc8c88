#include <backplane/plugin.hpp>

// Nobody defines it, and this plugin is linked as if that were fine.
const char* backplane_fixture_that_nobody_defines();

backplane::Response undefined_symbol(const backplane::Request&) {
  return backplane_fixture_that_nobody_defines();
}

BACKPLANE_PLUGIN("undefined_symbol", "1.0.0",
                 backplane::function<undefined_symbol>("undefined_symbol"));
