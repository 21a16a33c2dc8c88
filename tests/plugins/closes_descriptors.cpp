#include <unistd.h>

#include <backplane/plugin.hpp>

namespace {

// As daemons do that want to begin with nothing: listeners and connections of the host go with it.
struct ClosesDescriptors {
  ClosesDescriptors() {
    for (int fd = 3; fd < 1000; ++fd) ::close(fd);
  }
  backplane::Response operator()(const backplane::Request&) { return "changed"; }
};

}  // namespace

BACKPLANE_PLUGIN("closes_descriptors", "1.0.0",
                 backplane::handler<ClosesDescriptors>("closes_descriptors"));
