#include <unistd.h>

#include <backplane/plugin.hpp>

namespace {

// Every relative path of the process means something else once this is loaded.
struct Mover {
  Mover() { static_cast<void>(!::chdir("/")); }
};
const Mover mover;

backplane::Response answer(const backplane::Request&) {
  return "elsewhere";
}

}  // namespace

BACKPLANE_PLUGIN("changes_working_directory", "1.0.0",
                 backplane::function<answer>("changes_working_directory"));
