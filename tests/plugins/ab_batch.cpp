#include <span>
#include <string>
#include <vector>

#include <backplane/plugin.hpp>

namespace {

// Named methods in batch form: "a-0", "a-1", … tell the place of a request in its batch.
struct AbBatch {
  static std::vector<std::string> numbered(const std::string& name, std::size_t count) {
    std::vector<std::string> answers;
    for (std::size_t i = 0; i < count; ++i) answers.push_back(name + "-" + std::to_string(i));
    return answers;
  }

  std::vector<std::string> a(std::span<const backplane::Request> requests) {
    return numbered("a", requests.size());
  }
  std::vector<std::string> b(std::span<const backplane::Request> requests) {
    return numbered("b", requests.size());
  }
};

}  // namespace

BACKPLANE_PLUGIN("ab_batch", "1.0.0",
                 backplane::handler<AbBatch, backplane::Method<"a", &AbBatch::a>,
                                    backplane::Method<"b", &AbBatch::b>>("ab_batch",
                                                                         {.max_batch = 64}));
