#include <span>
#include <string>
#include <vector>

#include <backplane/plugin.hpp>

// The third request of a batch, and each one with ?fail, fails alone; the others get their place.
std::vector<backplane::Response> bitem(std::span<const backplane::Request> requests) {
  std::vector<backplane::Response> answers;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    if (i == 2 || requests[i].find_arg("fail")) {
      answers.push_back(
          backplane::Response::error(BP_INVALID, "item " + std::to_string(i + 1) + " is bad"));
    } else {
      answers.emplace_back("item " + std::to_string(i + 1));
    }
  }
  return answers;
}

BACKPLANE_PLUGIN("bitem", "1.0.0", backplane::function<bitem>("bitem", {.max_batch = 64}));
