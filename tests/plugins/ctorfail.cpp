#include <stdexcept>

#include <backplane/plugin.hpp>

namespace {

// Its constructor throws a std::exception.
struct Ctorfail {
  Ctorfail() { throw std::runtime_error("model file missing"); }
  backplane::Response operator()(const backplane::Request&) { return "never"; }
};

}  // namespace

BACKPLANE_PLUGIN("ctorfail", "1.0.0", backplane::handler<Ctorfail>("ctorfail"));
