#include <unistd.h>

#include <backplane/plugin.hpp>

namespace {

// Starts a process that would outlive the one it is loaded into.
struct LeavesProcess {
  LeavesProcess() {
    if (::fork() != 0) return;
    for (;;) ::pause();
  }
  backplane::Response operator()(const backplane::Request&) { return "changed"; }
};

}  // namespace

BACKPLANE_PLUGIN("leaves_process", "1.0.0", backplane::handler<LeavesProcess>("leaves_process"));
