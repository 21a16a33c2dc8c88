#include <string>

#include <backplane/plugin.hpp>

namespace {

// Answers with the number of requests that its replica has seen.
struct Count {
  long count = 0;
  backplane::Response operator()(const backplane::Request&) { return std::to_string(++count); }
};

}  // namespace

BACKPLANE_PLUGIN("count", "1.0.0", backplane::handler<Count>("count"));
