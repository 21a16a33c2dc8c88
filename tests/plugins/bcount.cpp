#include <span>
#include <string>
#include <vector>

#include <backplane/plugin.hpp>

namespace {

// Counts calls and answers the whole batch with that count.
struct BCount {
  long count = 0;
  std::vector<std::string> batch(std::span<const backplane::Request> requests) {
    return std::vector<std::string>(requests.size(), std::to_string(++count));
  }
};

}  // namespace

BACKPLANE_PLUGIN("bcount", "1.0.0", backplane::handler<BCount>("bcount", {.max_batch = 64}));
