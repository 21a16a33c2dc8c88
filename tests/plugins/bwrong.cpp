#include <span>
#include <string>
#include <vector>

#include <backplane/plugin.hpp>

// Answers with twice as many values as there are requests.
std::vector<std::string> bwrong(std::span<const backplane::Request> requests) {
  return std::vector<std::string>(2 * requests.size(), "too many");
}

BACKPLANE_PLUGIN("bwrong", "1.0.0", backplane::function<bwrong>("bwrong", {.max_batch = 64}));
