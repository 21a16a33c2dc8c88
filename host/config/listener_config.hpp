#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "host/config/tls_config.hpp"

namespace backplane::host {

// One listening address and what a connection to it may cost. Plain values; the ranges are
// checked where a document is read (config_reader), the defaults are the documented ones.
struct ListenerConfig {
  std::string address = "127.0.0.1";  // IPv4 or IPv6 literal
  std::uint16_t port = 0;             // 0: the kernel chooses
  std::uint32_t io_threads = 0;       // 0: max(1, cores / 2)
  std::uint32_t max_connections = 16384;
  std::optional<TlsConfig> tls;  // none: in the clear

  std::uint32_t max_target_bytes = 8190;
  std::uint32_t max_head_bytes = 16 * 1024;
  std::uint32_t max_header_fields = 100;
  std::uint64_t max_body_bytes = std::uint64_t{16} * 1024 * 1024;
  // Bytes of following requests that are read while one is being answered (RFC 9112 9.3.2).
  std::uint32_t max_pipelined_bytes = 64 * 1024;

  // All of these are absolute for their phase, not re-armed by each byte (faults.md 2, item 8).
  std::chrono::milliseconds first_byte_timeout{10'000};
  std::chrono::milliseconds head_timeout{10'000};
  std::chrono::milliseconds idle_timeout{60'000};
  // A body may take this long plus its size at the minimum rate.
  std::chrono::milliseconds body_timeout{30'000};
  std::uint32_t body_min_bytes_per_second = 240;
  // Ends a write that made no progress for this long.
  std::chrono::milliseconds write_stall_timeout{10'000};
  // After an early answer: how long, and how many bytes, are read and dropped before the close.
  std::chrono::milliseconds linger_timeout{2'000};
  std::uint64_t linger_bytes = std::uint64_t{256} * 1024;
};

}  // namespace backplane::host
