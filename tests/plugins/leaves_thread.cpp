#include <thread>
#include <unistd.h>

#include <backplane/plugin.hpp>

namespace {

// Starts a thread that runs code of the plugin for ever.
struct LeavesThread {
  LeavesThread() {
    std::thread([] {
      for (;;) ::pause();
    }).detach();
  }
  backplane::Response operator()(const backplane::Request&) { return "not alone"; }
};

}  // namespace

BACKPLANE_PLUGIN("leaves_thread", "1.0.0", backplane::handler<LeavesThread>("leaves_thread"));
