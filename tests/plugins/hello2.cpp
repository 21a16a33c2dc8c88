#include <backplane/plugin.hpp>

// A second constant answer, to be told apart from plugin hello's.
backplane::Response hello2(const backplane::Request&) {
  return "hello2";
}

BACKPLANE_PLUGIN("hello2", "1.0.0", backplane::function<hello2>("hello2"));
