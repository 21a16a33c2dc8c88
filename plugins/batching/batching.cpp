#include <span>
#include <string>
#include <vector>

#include <backplane/plugin.hpp>

namespace {

// Counts its calls, not its requests: everyone in a batch gets the same number, so the largest
// number seen tells how many batches there were.
class Batching {
 public:
  std::vector<backplane::Response> batch(std::span<const backplane::Request> requests) {
    ++count_;
    return std::vector<backplane::Response>(requests.size(), std::to_string(count_));
  }

 private:
  long count_ = 0;
};

}  // namespace

BACKPLANE_PLUGIN("batching", "1.0.0", backplane::handler<Batching>("batching", {.max_batch = 64}));
