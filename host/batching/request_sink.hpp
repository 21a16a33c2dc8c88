#pragma once

#include <chrono>
#include <string_view>

#include "host/base/status.hpp"
#include "host/batching/request_list.hpp"

namespace backplane::host {

// The seam to whatever executes requests: a backend in this process, later a peer. Shared by the
// routing snapshots that send to it.
class RequestSink {
 public:
  virtual ~RequestSink() = default;

  // [any] Takes requests from the front of `burst`, in order; never blocks. Ok: it took all. On an
  // error, what is left in `burst` was refused for that reason and stays the caller's.
  // kResourceExhausted "queue_full": try later.  kUnavailable: closed, will never accept again.
  virtual Status submit(RequestList& burst) = 0;

  // [any] "tag@generation", for the Backplane-Backend header; constant.
  virtual std::string_view label() const = 0;

  // [any] How long the queue would take to empty at the present pace; an estimate for Retry-After.
  virtual std::chrono::milliseconds drain_estimate() const = 0;
};

}  // namespace backplane::host
