#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "host/base/status.hpp"
#include "host/batching/request_list.hpp"
#include "host/message/headers.hpp"

namespace backplane::host {

// The seam to whatever executes requests: a backend in this process, later a peer. Shared by the
// routing snapshots that send to it.
class RequestSink {
 public:
  virtual ~RequestSink() = default;
  RequestSink(const RequestSink&) = delete;
  RequestSink& operator=(const RequestSink&) = delete;

  // [any] Takes requests from the front of `burst`, in order; never blocks, though what executes
  // inline runs its handler. Ok: it took all. On an
  // error, what is left in `burst` was refused for that reason and stays the caller's.
  // `thread`: the caller's number, as in every RequestStats; what executes inline does so with
  // that thread's replica, before it returns.
  // kResourceExhausted "queue_full": try later.  kUnavailable: closed, will never accept again.
  virtual Status submit(RequestList& burst, std::size_t thread) = 0;

  // [any] "tag@generation"; constant.
  const std::string& label() const { return label_; }
  // [any] Stands for the label where a word is cheaper: an Exchange's executor; constant.
  std::uint64_t id() const { return id_; }
  // [any] "Backplane-Backend: tag@generation", made once, so that no answer is made to do it.
  const Headers& name_field() const { return name_field_; }

  // [any] Requests that wait now: a reading without a lock, old as soon as it is made, by which a
  // policy finds the shorter of two queues. What runs is not counted, so inline it is always 0.
  virtual std::size_t queued() const = 0;
  // [any] How long the queue would take to empty at the present pace; an estimate for Retry-After.
  virtual std::chrono::milliseconds drain_estimate() const = 0;
  // [any] How many requests may be with its handlers at once.
  virtual std::size_t slots() const = 0;
  // [any] Whether submit() runs the handler, with the replica of the number that it is given, which
  // may not be given twice at a time; constant.
  virtual bool runs_inline() const { return false; }
  // [any] Whether the requests that are with its handlers should come to an end; once true, always.
  virtual bool is_recalled() const { return false; }

 protected:
  explicit RequestSink(std::string label)
      : label_(std::move(label)), id_(std::hash<std::string>()(label_)) {
    name_field_.add("Backplane-Backend", label_);
  }

 private:
  const std::string label_;
  const std::uint64_t id_;
  Headers name_field_;
};

}  // namespace backplane::host
