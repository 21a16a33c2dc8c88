#include "host/message/exchange.hpp"

namespace backplane::host {

void Exchange::reset() {
  request.clear();
  response.clear();
  pieces.reset();
  next = nullptr;
  route = nullptr;
  callers = nullptr;
  executor = 0;
  queued = started = finished = {};
  due = kNever;
  batch_key = 0;
  batch_size = 0;
  fault = HandlerFault::kNone;
  calls_.reset();
  abandonment_.reset();
}

}  // namespace backplane::host
