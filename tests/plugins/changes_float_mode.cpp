#include <cfenv>

#include <backplane/plugin.hpp>

namespace {

// As -ffast-math at link time does, in its own way: every sum of the thread comes out otherwise.
struct ChangesFloatMode {
  ChangesFloatMode() { std::fesetround(FE_TOWARDZERO); }
  backplane::Response operator()(const backplane::Request&) { return "changed"; }
};

}  // namespace

BACKPLANE_PLUGIN("changes_float_mode", "1.0.0",
                 backplane::handler<ChangesFloatMode>("changes_float_mode"));
