#include <span>
#include <string>
#include <vector>

#include <backplane/plugin.hpp>

// Answers everyone with the size of the batch.
std::vector<std::string> bsize(std::span<const backplane::Request> requests) {
  return std::vector<std::string>(requests.size(), std::to_string(requests.size()));
}

BACKPLANE_PLUGIN("bsize", "1.0.0", backplane::function<bsize>("bsize", {.max_batch = 64}));
