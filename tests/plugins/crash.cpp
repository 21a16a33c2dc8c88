#include <csignal>

#include <backplane/plugin.hpp>

// Ends its process as a wild pointer would.
backplane::Response crash(const backplane::Request&) {
  std::raise(SIGSEGV);
  return "still here";
}

BACKPLANE_PLUGIN("crash", "1.0.0", backplane::function<crash>("crash"));
