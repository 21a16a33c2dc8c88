#pragma once

#include "host/base/exit_code.hpp"
#include "host/config/host_config.hpp"

namespace backplane::host {

// Runs a host in the foreground until SIGTERM or SIGINT, and stops it gracefully. Prints one line
// on standard output when it serves. SIGHUP reads the app document again. Called once, by main(),
// before any other thread exists. kFailed: the grace was over and requests were cut off.
ExitCode serve(const HostConfig& config);

}  // namespace backplane::host
