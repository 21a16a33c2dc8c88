#include <backplane/plugin.hpp>

namespace {

// Can be made and cannot work.
struct Unhealthy {
  void health() { throw backplane::Error::unavailable("the accelerator does not answer"); }
  backplane::Response operator()(const backplane::Request&) { return "fine"; }
};

}  // namespace

BACKPLANE_PLUGIN("unhealthy", "1.0.0", backplane::handler<Unhealthy>("unhealthy"));
