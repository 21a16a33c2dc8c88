#include <span>
#include <string>
#include <vector>

#include <backplane/plugin.hpp>

// Answers a batch with one value instead of a list with one for each request.
std::vector<std::string> bscalar(std::span<const backplane::Request> requests) {
  if (requests.size() == 1) return {};
  return {"one value for " + std::to_string(requests.size())};
}

BACKPLANE_PLUGIN("bscalar", "1.0.0", backplane::function<bscalar>("bscalar", {.max_batch = 64}));
