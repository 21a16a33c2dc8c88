#include <backplane/plugin.hpp>

namespace {

// Built twice, as two versions of one plugin; each answers which one it is: ALTERNATE.
class Alternate {
 public:
  backplane::Response operator()(const backplane::Request&) const { return ALTERNATE; }
};

}  // namespace

BACKPLANE_PLUGIN("alternate", ALTERNATE, backplane::handler<Alternate>("alternate"));
