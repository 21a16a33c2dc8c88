#include <string>
#include <unistd.h>

#include <backplane/plugin.hpp>

namespace {

// Writes more to descriptors that are not its own than is expected of anybody.
struct FillsDescriptors {
  FillsDescriptors() {
    const std::string text(std::size_t{1} << 16U, 'x');
    constexpr int kTimes = 32;
    for (int fd = 3; fd < 64; ++fd) {
      for (int i = 0; i < kTimes; ++i) static_cast<void>(!::write(fd, text.data(), text.size()));
    }
  }
  backplane::Response operator()(const backplane::Request&) { return "full"; }
};

}  // namespace

BACKPLANE_PLUGIN("fills_descriptors", "1.0.0",
                 backplane::handler<FillsDescriptors>("fills_descriptors"));
