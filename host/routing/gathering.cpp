#include "host/routing/gathering.hpp"

#include <utility>

namespace backplane::host {

void Gathering::add(RequestSink& sink, Exchange& exchange) {
  for (Burst& burst : bursts_) {
    if (burst.sink == &sink) return burst.requests.push_back(PendingRequest(exchange));
  }
  bursts_.push_back({&sink, RequestList()});
  bursts_.back().requests.push_back(PendingRequest(exchange));
}

std::size_t Gathering::held_for(const RequestSink& sink) const {
  for (const Burst& burst : bursts_) {
    if (burst.sink == &sink) return burst.requests.size();
  }
  return 0;
}

Gathering::Burst Gathering::take() {
  Burst burst = std::move(bursts_.back());
  bursts_.pop_back();
  return burst;
}

}  // namespace backplane::host
