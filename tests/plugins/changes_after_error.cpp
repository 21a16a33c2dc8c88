#include <string>

#include <backplane/error.hpp>
#include <backplane/plugin.hpp>

namespace {

// A request that it refuses spoils those that come after.
struct ChangesAfterError {
  std::string operator()(const backplane::Request& request) {
    if (request.body().find('\0') != std::string::npos) {
      spoiled = true;
      throw backplane::Error::invalid("no text");
    }
    return spoiled ? "spoiled" : "fresh";
  }

  bool spoiled = false;
};

}  // namespace

BACKPLANE_PLUGIN("changes_after_error", "1.0.0",
                 backplane::handler<ChangesAfterError>("changes_after_error"));
