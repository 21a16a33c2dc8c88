#include <backplane/plugin.hpp>

#ifndef ALTERNATE_FAILS_EVERY
#define ALTERNATE_FAILS_EVERY 0  // fails one request of so many; 0: none
#endif

namespace {

// Built as versions of one plugin; each answers which one it is: ALTERNATE.
class Alternate {
 public:
  backplane::Response operator()(const backplane::Request&) {
    if (ALTERNATE_FAILS_EVERY > 0 &&
        ++requests_ % (ALTERNATE_FAILS_EVERY + 1) == ALTERNATE_FAILS_EVERY) {
      throw backplane::Error::internal("one of those");
    }
    return ALTERNATE;
  }

 private:
  unsigned requests_ = 0;
};

}  // namespace

BACKPLANE_PLUGIN("alternate", ALTERNATE, backplane::handler<Alternate>("alternate"));
