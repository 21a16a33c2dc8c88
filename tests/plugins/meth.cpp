#include <backplane/plugin.hpp>

// Answers with the method of the request.
backplane::Response meth(const backplane::Request& request) {
  return request.method();
}

BACKPLANE_PLUGIN("meth", "1.0.0", backplane::function<meth>("meth"));
