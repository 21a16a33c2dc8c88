#pragma once

#include "host/config/host_config.hpp"

namespace backplane::host {

// Exit codes of `backplane serve` (sysexits.h where it has one).
inline constexpr int kExitOk = 0;
inline constexpr int kExitCutOff = 1;   // requests were cut off: the grace was over
inline constexpr int kExitSystem = 71;  // the system refuses: a port in use, a directory unreadable
inline constexpr int kExitConfig = 78;  // the configuration or the app document is wrong

// Runs a host in the foreground until SIGTERM or SIGINT, and stops it gracefully. Prints one line
// on standard output when it serves. SIGHUP reads the app document again. Called once, by main(),
// before any other thread exists.
int serve(const HostConfig& config);

}  // namespace backplane::host
