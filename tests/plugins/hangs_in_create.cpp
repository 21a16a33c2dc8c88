#include <unistd.h>

#include <backplane/plugin.hpp>

namespace {

// Its constructor never returns, and uses no processor time.
struct HangsInCreate {
  HangsInCreate() {
    for (;;) ::pause();
  }
  backplane::Response operator()(const backplane::Request&) { return "never"; }
};

}  // namespace

BACKPLANE_PLUGIN("hangs_in_create", "1.0.0", backplane::handler<HangsInCreate>("hangs_in_create"));
