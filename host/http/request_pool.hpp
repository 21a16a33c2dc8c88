#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "host/http/active_request.hpp"

namespace backplane::host {

// ActiveRequests that no connection uses at the moment. Owned by an IoThread; its io thread.
class RequestPool {
 public:
  explicit RequestPool(const ListenerConfig& config) : config_(config) {}

  // [io]
  std::unique_ptr<ActiveRequest> acquire();
  // [io] Forgets what `request` held. It must not be with a handler.
  void release(std::unique_ptr<ActiveRequest> request);

 private:
  // Beyond these, memory of a burst goes back to the allocator.
  static constexpr std::size_t kKept = 1024;

  const ListenerConfig& config_;
  std::vector<std::unique_ptr<ActiveRequest>> free_;
};

}  // namespace backplane::host
