#include <stdexcept>

#include <backplane/plugin.hpp>

namespace {

// Throws where nobody can catch: inside of dlopen.
struct Bomb {
  Bomb() { throw std::runtime_error("thrown by a static constructor"); }
};
const Bomb bomb;

backplane::Response answer(const backplane::Request&) {
  return "never";
}

}  // namespace

BACKPLANE_PLUGIN("throws_in_static_constructor", "1.0.0",
                 backplane::function<answer>("throws_in_static_constructor"));
