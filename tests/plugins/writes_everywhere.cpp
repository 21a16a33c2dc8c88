#include <string_view>
#include <unistd.h>

#include <backplane/plugin.hpp>

namespace {

// Writes to descriptors that are not its own.
struct WritesEverywhere {
  WritesEverywhere() {
    constexpr std::string_view kText = "{\"report\":\"all is well\"}\n";
    for (int fd = 3; fd < 256; ++fd) static_cast<void>(!::write(fd, kText.data(), kText.size()));
  }
  backplane::Response operator()(const backplane::Request&) { return "changed"; }
};

}  // namespace

BACKPLANE_PLUGIN("writes_everywhere", "1.0.0",
                 backplane::handler<WritesEverywhere>("writes_everywhere"));
