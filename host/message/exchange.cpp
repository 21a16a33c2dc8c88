#include "host/message/exchange.hpp"

namespace backplane::host {

void Exchange::reset() {
  request.clear();
  response.clear();
  next = nullptr;
  route = nullptr;
  started = finished = {};
  batch_size = 0;
  abandoned_.store(false, std::memory_order_relaxed);
}

}  // namespace backplane::host
