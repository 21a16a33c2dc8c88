#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>

namespace backplane::host {

// Where a handler runs: on threads of its replicas, or on the io threads themselves.
enum class Execution : std::uint8_t { kReplica, kInline };

// How one backend runs its handler: everything that may change without making another backend.
// A plain value; ranges are checked where a document is read (read_backend_config).
struct BackendConfig {
  // kInline: each io thread has a replica of its own and runs it where it would queue the request;
  // for handlers that declare that they never block. One replica and one request at a time then.
  Execution execution = Execution::kReplica;
  std::uint32_t num_replicas = 1;
  std::uint32_t max_batch_size = 1;  // 1: unbatched
  // From the arrival of a batch's first request; 0 never waits.
  std::chrono::milliseconds batch_wait_timeout{0};
  // How many requests one replica may have at a time: those it has taken and not answered yet. 0:
  // as many as one call of the handler takes, and a burst of quick ones; 100 where the handler is
  // async. Never under max_batch_size.
  std::uint32_t max_concurrent_queries = 0;
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
