#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "host/base/mutex.hpp"
#include "host/message/http_handler.hpp"
#include "host/plugin/call_deadlines.hpp"
#include "host/plugin/child_call.hpp"

namespace backplane::host {

// Where the calls go that handlers make of other handlers, and what they are kept in, so that a
// call allocates nothing once its buffers have grown. Owned by Host; outlives every plugin and
// whatever serves its calls. Thread-safe.
class HandlerCalls {
 public:
  // `router` outlives this, takes an Exchange whose request.authority is the target from any
  // thread, and completes it on any.
  explicit HandlerCalls(HttpHandler& router) : router_(router) {}

  HttpHandler& router() { return router_; }
  CallDeadlines& deadlines() { return deadlines_; }
  // [owner] No call is ended by its deadline any more; none of that runs when this has returned.
  void stop() { deadlines_.stop(); }
  // [any]
  ChildCall& take();
  void give_back(ChildCall& call);

 private:
  HttpHandler& router_;
  Mutex mutex_;
  std::vector<std::unique_ptr<ChildCall>> free_ BP_GUARDED_BY(mutex_);
  CallDeadlines deadlines_;
};

}  // namespace backplane::host
