// What becomes of backends that have been replaced or deleted, or that nobody took over.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "host/base/log.hpp"
#include "host/control/controller.hpp"

namespace backplane::host {

std::vector<std::string> Controller::draining_backends() const {
  std::vector<std::string> labels;
  for (const auto& [id, backend] : builder_.alive()) {
    const auto& tag = backend->spec().tag;
    if (serving(tag) == backend || busy_.count(tag) > 0) continue;
    labels.emplace_back(backend->label());
  }
  return labels;
}

std::vector<std::string> Controller::overdue_backends(TimePoint now) const {
  std::vector<std::string> labels;
  for (const std::string& label : draining_backends()) {
    const auto drain = drains_.find(label);
    if (drain != drains_.end() && now >= drain->second.overdue_at) labels.push_back(label);
  }
  return labels;
}

void Controller::close(const std::shared_ptr<Backend>& backend,
                       std::chrono::milliseconds drain_timeout) {
  std::set<std::string> alive;
  for (const auto& [id, one] : builder_.alive()) alive.insert(one->label());
  std::erase_if(drains_, [&alive](const auto& entry) { return alive.count(entry.first) == 0; });
  const TimePoint overdue_at = Clock::now() + drain_timeout;
  drains_[backend->label()] = {.overdue_at = overdue_at};
  backend->close();
  look_after_drains_at(overdue_at);
}

// One timer for all of them: hosts that reload many times a second would have thousands.
void Controller::look_after_drains_at(TimePoint when) {
  if (when >= next_drain_look_.when) return;
  setup_.control.cancel(next_drain_look_);
  next_drain_look_ = setup_.control.post_at(when, [this] {
    next_drain_look_ = {.when = kNever};
    look_after_drains();
  });
}

void Controller::look_after_drains() {
  const TimePoint now = Clock::now();
  TimePoint next = kNever;
  for (const auto& [id, backend] : builder_.alive()) {
    const auto found = drains_.find(backend->label());
    if (found == drains_.end() || found->second.recalled) continue;
    Drain& drain = found->second;
    if (now < drain.overdue_at) {
      next = std::min(next, drain.overdue_at);
      continue;
    }
    drain.recalled = true;
    backend->recall();
    const BackendStats stats = backend->stats();
    const std::uint64_t left = stats.queued + stats.in_flight;
    if (left == 0) continue;
    log_warning("control",
                "backend '" + backend->label() + "' is not done with " + std::to_string(left) +
                    " requests in time; the handlers of those of clients are told to stop");
  }
  look_after_drains_at(next);
}

}  // namespace backplane::host
