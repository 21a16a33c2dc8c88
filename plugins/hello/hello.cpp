#include <backplane/plugin.hpp>

// The smallest handler: a function of the request.
backplane::Response hello(const backplane::Request& request) {
  return "hello " + request.arg("name", "serve!");
}

BACKPLANE_PLUGIN("hello", "1.0.0", backplane::function<hello>("hello", {.never_blocks = true}));
