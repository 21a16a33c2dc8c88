#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "host/metrics/counter.hpp"

namespace backplane::host {

// What was wrong with a request that is refused before any handler sees it:
// http_parse_errors{reason}.
enum class HttpFault : std::uint8_t {
  kRequestLine,
  kVersion,
  kMethod,
  kTarget,
  kHeader,
  kHost,
  kContentLength,
  kTransferEncoding,
  kChunk,
  kExpect,
  kTooLarge,
};
inline constexpr std::array<std::string_view, 11> kHttpFaultNames = {
    "request_line",   "version",           "method", "target", "header",   "host",
    "content_length", "transfer_encoding", "chunk",  "expect", "too_large"};

// What a connection is doing: http_connections{state} and http_timeouts{phase}.
enum class HttpPhase : std::uint8_t {
  kHandshake,  // TLS: has not agreed on anything yet
  kFirstByte,  // connected, has sent nothing yet
  kIdle,       // between two requests
  kHead,
  kBody,
  kInFlight,  // the request is with its handler
  kWrite,     // the client does not take its answer
  kLinger,    // answered and half-closed; what still comes is dropped
};
inline constexpr std::array<std::string_view, 8> kHttpPhaseNames = {
    "handshake", "first_byte", "idle", "head", "body", "in_flight", "write", "linger"};

// Why a TLS connection came to nothing: tls_errors{reason}.
enum class TlsFault : std::uint8_t {
  kNotTls,             // HTTP in the clear, or anything else
  kVersion,            // an older one than is spoken here
  kClientCertificate,  // none, an expired one, one of somebody else
  kServerName,         // a name that the certificate does not have
  kTimeout,
  kClosed,  // by the client, in the middle of the handshake
  kOther,
};
inline constexpr std::array<std::string_view, 7> kTlsFaultNames = {
    "not_tls", "version", "client_certificate", "server_name", "timeout", "closed", "other"};

// The plain sums of the counters of all io threads of a listener at one moment.
struct HttpTotals {
  std::uint64_t accepted = 0;
  std::uint64_t requests = 0;     // shown to the handler, those it refused early too
  std::uint64_t client_gone = 0;  // left before its answer
  std::uint64_t incomplete = 0;   // closed in the middle of a request
  std::uint64_t desync_refused = 0;
  std::uint64_t trailers_dropped = 0;
  std::uint64_t drained_bytes = 0;
  std::uint64_t read_paused = 0;
  std::uint64_t connections_rejected = 0;
  std::uint64_t connections_evicted = 0;
  std::uint64_t accept_errors_no_descriptor = 0;  // EMFILE, ENFILE
  std::uint64_t accept_errors_other = 0;
  std::array<std::uint64_t, kHttpFaultNames.size()> parse_errors{};
  std::array<std::uint64_t, kHttpPhaseNames.size()> timeouts{};
  std::array<std::uint64_t, kHttpPhaseNames.size()> connections{};
  std::array<std::uint64_t, kTlsFaultNames.size()> tls_errors{};
  std::array<std::uint64_t, 600> rejected{};  // by status; refused by the server itself
};

// What one io thread counts. Owned by that thread's IoThread, which alone writes it; read from
// anywhere by add_to().
struct alignas(kCacheLine) HttpCounters {
  Counter accepted;
  Counter requests;
  Counter client_gone;
  Counter incomplete;
  Counter desync_refused;
  Counter trailers_dropped;
  Counter drained_bytes;
  Counter read_paused;
  Counter connections_rejected;
  Counter connections_evicted;
  Counter accept_errors_no_descriptor;
  Counter accept_errors_other;
  std::array<Counter, kHttpFaultNames.size()> parse_errors;
  std::array<Counter, kHttpPhaseNames.size()> timeouts;
  std::array<Counter, kHttpPhaseNames.size()> connections;
  std::array<Counter, kTlsFaultNames.size()> tls_errors;
  std::array<Counter, 600> rejected;

  // [any]
  void add_to(HttpTotals& totals) const {
    totals.accepted += accepted.value();
    totals.requests += requests.value();
    totals.client_gone += client_gone.value();
    totals.incomplete += incomplete.value();
    totals.desync_refused += desync_refused.value();
    totals.trailers_dropped += trailers_dropped.value();
    totals.drained_bytes += drained_bytes.value();
    totals.read_paused += read_paused.value();
    totals.connections_rejected += connections_rejected.value();
    totals.connections_evicted += connections_evicted.value();
    totals.accept_errors_no_descriptor += accept_errors_no_descriptor.value();
    totals.accept_errors_other += accept_errors_other.value();
    add_each(parse_errors, totals.parse_errors);
    add_each(timeouts, totals.timeouts);
    add_each(connections, totals.connections);
    add_each(tls_errors, totals.tls_errors);
    add_each(rejected, totals.rejected);
  }

 private:
  template <std::size_t kSize>
  static void add_each(const std::array<Counter, kSize>& from,
                       std::array<std::uint64_t, kSize>& to) {
    for (std::size_t i = 0; i < kSize; ++i) to[i] += from[i].value();
  }
};

}  // namespace backplane::host
