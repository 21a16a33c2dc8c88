#include <memory>

#include <backplane/plugin.hpp>

// Built without the version script and with g++'s default: std::make_shared alone leaves a symbol
// that is unique in the process, and the file could never be unloaded.
backplane::Response unique_symbol(const backplane::Request& request) {
  const auto shared = std::make_shared<std::string>(request.body());
  return *shared;
}

BACKPLANE_PLUGIN("unique_symbol", "1.0.0", backplane::function<unique_symbol>("unique_symbol"));
