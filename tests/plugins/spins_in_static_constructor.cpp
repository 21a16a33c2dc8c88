#include <atomic>

#include <backplane/plugin.hpp>

namespace {

// Never returns from dlopen, and holds the loader's lock meanwhile.
struct Spinner {
  Spinner() {
    while (!done.load(std::memory_order_relaxed)) continue;
  }
  std::atomic<bool> done{false};
};
const Spinner spinner;

backplane::Response answer(const backplane::Request&) {
  return "never";
}

}  // namespace

BACKPLANE_PLUGIN("spins_in_static_constructor", "1.0.0",
                 backplane::function<answer>("spins_in_static_constructor"));
