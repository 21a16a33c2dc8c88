#include <fcntl.h>

#include <backplane/plugin.hpp>

namespace {

// Opens a file each time it is made, and leaves it open.
struct LeaksDescriptor {
  LeaksDescriptor() : opened(::open("/dev/null", O_RDONLY | O_CLOEXEC)) {}
  backplane::Response operator()(const backplane::Request&) { return opened < 0 ? "none" : "one"; }

  int opened;
};

}  // namespace

BACKPLANE_PLUGIN("leaks_descriptor", "1.0.0",
                 backplane::handler<LeaksDescriptor>("leaks_descriptor"));
