#include <cstdlib>

#include <backplane/plugin.hpp>

namespace {

// Ends the process that loads it, in good order.
struct Leaver {
  Leaver() { std::exit(7); }  // NOLINT(concurrency-mt-unsafe): the sin
};
const Leaver leaver;

backplane::Response answer(const backplane::Request&) {
  return "never";
}

}  // namespace

BACKPLANE_PLUGIN("exits_in_static_constructor", "1.0.0",
                 backplane::function<answer>("exits_in_static_constructor"));
