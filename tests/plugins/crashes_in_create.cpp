#include <csignal>

#include <backplane/plugin.hpp>

namespace {

// Its constructor ends the process as a wild pointer would.
struct CrashesInCreate {
  CrashesInCreate() { std::raise(SIGSEGV); }
  backplane::Response operator()(const backplane::Request&) { return "never"; }
};

}  // namespace

BACKPLANE_PLUGIN("crashes_in_create", "1.0.0",
                 backplane::handler<CrashesInCreate>("crashes_in_create"));
