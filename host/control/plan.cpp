#include "host/control/plan.hpp"

namespace backplane::host {

Plan plan(const AppDocument& actual, const AppDocument& desired) {
  Plan steps;
  for (const auto& [tag, spec] : desired.backends) {
    const auto running = actual.backends.find(tag);
    if (running == actual.backends.end() || running->second != spec) steps.start.push_back(tag);
  }
  for (const auto& [tag, spec] : actual.backends) {
    const auto wanted = desired.backends.find(tag);
    if (wanted == desired.backends.end() || wanted->second != spec) steps.stop.push_back(tag);
  }
  return steps;
}

}  // namespace backplane::host
