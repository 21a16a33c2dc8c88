#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <backplane/plugin.hpp>

// Throws for the batch as a whole.
std::vector<std::string> bthrow(std::span<const backplane::Request> requests) {
  throw std::runtime_error("batch of " + std::to_string(requests.size()) + " failed");
}

BACKPLANE_PLUGIN("bthrow", "1.0.0", backplane::function<bthrow>("bthrow", {.max_batch = 64}));
