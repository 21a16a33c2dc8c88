#include <csignal>

#include <backplane/plugin.hpp>

namespace {

// Takes the signal that ends the host, and takes it away when it goes: too late for whoever had
// a handler of its own.
struct InstallsSignalHandler {
  InstallsSignalHandler() { std::signal(SIGTERM, SIG_IGN); }
  ~InstallsSignalHandler() { std::signal(SIGTERM, SIG_DFL); }
  backplane::Response operator()(const backplane::Request&) { return "deaf"; }
};

}  // namespace

BACKPLANE_PLUGIN("installs_signal_handler", "1.0.0",
                 backplane::handler<InstallsSignalHandler>("installs_signal_handler"));
