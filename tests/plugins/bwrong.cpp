#include <span>
#include <string>
#include <vector>

#include <backplane/plugin.hpp>

// Answers with twice as many values as there are requests; not when the first one has ?right.
std::vector<std::string> bwrong(std::span<const backplane::Request> requests) {
  if (requests[0].find_arg("right")) return std::vector<std::string>(requests.size(), "right");
  return std::vector<std::string>(2 * requests.size(), "too many");
}

BACKPLANE_PLUGIN("bwrong", "1.0.0", backplane::function<bwrong>("bwrong", {.max_batch = 64}));
