#include <utility>
#include <vector>

#include <backplane/plugin.hpp>

namespace {

// Would answer later, and never does.
struct KeepsCalls {
  void operator()(backplane::OwnedCall call) { kept.push_back(std::move(call)); }

  std::vector<backplane::OwnedCall> kept;
};

}  // namespace

BACKPLANE_PLUGIN("keeps_calls", "1.0.0", backplane::handler<KeepsCalls>("keeps_calls"));
