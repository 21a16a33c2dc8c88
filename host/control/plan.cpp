#include "host/control/plan.hpp"

#include "host/backend/backend.hpp"

namespace backplane::host {

Plan plan(const AppDocument& actual, const std::set<std::string>& down,
          const AppDocument& desired) {
  Plan steps;
  for (const auto& [tag, spec] : desired.backends) {
    const auto running = actual.backends.find(tag);
    if (running == actual.backends.end()) {
      steps.start.push_back(tag);
    } else if (running->second == spec) {
      continue;
    } else if (down.count(tag) == 0 && Backend::can_take(running->second, spec)) {
      steps.update.push_back(tag);
    } else {
      steps.start.push_back(tag);
      steps.stop.push_back(tag);
    }
  }
  for (const auto& [tag, spec] : actual.backends) {
    if (desired.backends.count(tag) == 0) steps.stop.push_back(tag);
  }
  return steps;
}

}  // namespace backplane::host
