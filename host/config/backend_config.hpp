#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>

namespace backplane::host {

// How one backend runs its handler: everything that may change without making another backend.
// A plain value; ranges are checked where a document is read (read_backend_config).
struct BackendConfig {
  std::uint32_t num_replicas = 1;
  std::uint32_t max_batch_size = 1;  // 1: unbatched
  // From the arrival of a batch's first request; 0 never waits.
  std::chrono::milliseconds batch_wait_timeout{0};
  std::uint32_t max_queue = 0;  // 0: queue_limit() decides
  std::chrono::milliseconds request_timeout{30'000};
  bool mix_content_types = true;
  std::string user_config_json;  // one compact JSON value; empty when there is none

  // How many requests may wait: `max_queue`, or room for eight rounds of every replica. Never
  // under 1024 by default, so that one replica of a quick handler serves a thousand clients.
  std::uint32_t queue_limit() const {
    if (max_queue != 0) return max_queue;
    return std::max(kLeastDefaultQueue, 8 * num_replicas * max_batch_size);
  }

  static constexpr std::uint32_t kLeastDefaultQueue = 1024;

  bool operator==(const BackendConfig&) const = default;
};

}  // namespace backplane::host
