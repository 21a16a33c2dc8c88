#include <backplane/plugin.hpp>

namespace {

// Its constructor throws what is not a std::exception.
struct CtorfailInt {
  CtorfailInt() { throw 42; }
  backplane::Response operator()(const backplane::Request&) { return "never"; }
};

}  // namespace

BACKPLANE_PLUGIN("ctorfail_int", "1.0.0", backplane::handler<CtorfailInt>("ctorfail_int"));
