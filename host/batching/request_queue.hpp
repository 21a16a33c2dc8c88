#pragma once

#include <cstddef>
#include <utility>

#include "host/batching/request_list.hpp"

namespace backplane::host {

// What waits in front of one backend, earliest due first. A request that names no time of its own
// (Exchange::due) is due at its deadline; such deadlines are the backend's own limit and grow as
// requests arrive, so those stand in order of arrival and adding one costs what a plain list costs.
// The others are put in their place among their like. Linked through the exchanges, so nothing is
// allocated. Owned by one BatchCollector, under its mutex.
class RequestQueue {
 public:
  // Walks a queue in its order; the queue must not change under it.
  class Cursor {
   public:
    explicit Cursor(const RequestQueue& queue)
        : timed_(queue.timed_.front()), plain_(queue.plain_.front()) {}
    // Null at the end.
    const Exchange* next();

   private:
    const Exchange* timed_;
    const Exchange* plain_;
  };

  bool empty() const { return plain_.empty() && timed_.empty(); }
  std::size_t size() const { return plain_.size() + timed_.size(); }
  // The first to go, still in the queue; null when empty.
  const Exchange* front() const { return Cursor(*this).next(); }

  // Behind all that are due no later. One that names its time walks past those of its like that
  // are due before it: few, since they are the ones served first, and at most the queue.
  void push(PendingRequest&& request) {
    if (request.exchange().due == kNever) return plain_.push_back(std::move(request));
    timed_.insert_by_due(std::move(request));
  }
  // The first to go. Invalid when the queue is empty.
  PendingRequest pop_front() {
    if (timed_.empty()) return plain_.pop_front();
    return timed_goes_first(timed_.front(), plain_.front()) ? timed_.pop_front()
                                                            : plain_.pop_front();
  }
  // All, in their order.
  RequestList take_all();

 private:
  // Of the first of each kind, one of which may be null.
  static bool timed_goes_first(const Exchange* timed, const Exchange* plain) {
    if (timed == nullptr || plain == nullptr) return timed != nullptr;
    return timed->due <= plain->request.deadline;
  }

  RequestList plain_;
  RequestList timed_;  // ordered by due
};

}  // namespace backplane::host
