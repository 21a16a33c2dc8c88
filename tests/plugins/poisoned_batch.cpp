#include <span>
#include <string>
#include <vector>

#include <backplane/error.hpp>
#include <backplane/plugin.hpp>

// One bad request fails all that are in the batch with it.
std::vector<std::string> poisoned(std::span<const backplane::Request> requests) {
  std::vector<std::string> answers;
  for (const backplane::Request& request : requests) {
    if (request.body().starts_with('{')) throw backplane::Error::invalid("an object");
    answers.emplace_back(request.body());
  }
  return answers;
}

BACKPLANE_PLUGIN("poisoned_batch", "1.0.0",
                 backplane::function<poisoned>("poisoned_batch", {.max_batch = 8}));
