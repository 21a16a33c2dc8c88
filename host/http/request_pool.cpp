#include "host/http/request_pool.hpp"

#include <utility>

namespace backplane::host {

std::unique_ptr<ActiveRequest> RequestPool::acquire() {
  if (free_.empty()) return std::make_unique<ActiveRequest>(config_);
  std::unique_ptr<ActiveRequest> request = std::move(free_.back());
  free_.pop_back();
  return request;
}

void RequestPool::release(std::unique_ptr<ActiveRequest> request) {
  if (free_.size() == kKept) return;
  request->session = nullptr;
  request->peer = nullptr;
  request->reset();
  request->reader.reset();
  request->buffer.clear();
  request->output.clear();
  free_.push_back(std::move(request));
}

}  // namespace backplane::host
