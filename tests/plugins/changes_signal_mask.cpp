#include <csignal>

#include "tests/plugins/raw_plugin.hpp"

namespace {

// Blocks a signal on the thread that loads, and so on all that this starts later.
bp_status init(const bp_host*, bp_error*) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return BP_OK;
}

}  // namespace

BP_RAW_PLUGIN_WITH_INIT("changes_signal_mask", &init);
