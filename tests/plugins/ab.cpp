#include <backplane/plugin.hpp>

namespace {

// Named methods and no default one.
struct Ab {
  backplane::Response a(const backplane::Request&) { return "a"; }
  backplane::Response b(const backplane::Request&) { return "b"; }
  backplane::Response method(const backplane::Request&) { return "hello"; }
};

}  // namespace

BACKPLANE_PLUGIN(
    "ab", "1.0.0",
    backplane::handler<Ab, backplane::Method<"a", &Ab::a>, backplane::Method<"b", &Ab::b>,
                       backplane::Method<"method", &Ab::method>>("ab"));
