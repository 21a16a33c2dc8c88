#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>

namespace backplane::host {

enum class TlsVersion : std::uint8_t { kTls12, kTls13 };

// How a listener speaks TLS. Plain values.
struct TlsConfig {
  std::filesystem::path certificate;               // PEM: its own, then those that lead to the root
  std::filesystem::path key;                       // PEM, without a pass phrase
  std::optional<std::filesystem::path> client_ca;  // PEM; with it every client must show one of its
  TlsVersion min_version = TlsVersion::kTls12;
  std::chrono::milliseconds handshake_timeout{5'000};
};

}  // namespace backplane::host
