#include <cstddef>
#include <cstdlib>
#include <cstring>

#include <backplane/plugin.hpp>

namespace {

// Takes 64 KiB each time it is made, and gives nothing back.
struct LeaksMemory {
  LeaksMemory() {
    constexpr std::size_t kSize = std::size_t{1} << 16U;
    taken = std::malloc(kSize);
    if (taken != nullptr) std::memset(taken, 1, kSize);
  }
  backplane::Response operator()(const backplane::Request&) {
    return taken == nullptr ? "nothing" : "mine";
  }

  void* taken = nullptr;
};

}  // namespace

BACKPLANE_PLUGIN("leaks_memory", "1.0.0", backplane::handler<LeaksMemory>("leaks_memory"));
