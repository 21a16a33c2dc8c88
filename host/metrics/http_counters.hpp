#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace backplane::host {

// One number with one writer: its io thread adds, anybody reads. Relaxed, because no other data
// is published through it; load and store instead of fetch_add, because a locked instruction
// costs more than the rest of counting a request. Thread-safe for one writer.
class SingleWriterCount {
 public:
  // [io] Only the thread that owns it.
  void add(std::uint64_t n = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  // [io] Only the thread that owns it.
  void subtract(std::uint64_t n = 1) {
    value_.store(value_.load(std::memory_order_relaxed) - n, std::memory_order_relaxed);
  }
  // [any]
  std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

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
  kFirstByte,  // connected, has sent nothing yet
  kIdle,       // between two requests
  kHead,
  kBody,
  kInFlight,  // the request is with its handler
  kWrite,     // the client does not take its answer
  kLinger,    // answered and half-closed; what still comes is dropped
};
inline constexpr std::array<std::string_view, 7> kHttpPhaseNames = {
    "first_byte", "idle", "head", "body", "in_flight", "write", "linger"};

// The plain sums of the counters of all io threads of a listener at one moment.
struct HttpTotals {
  std::uint64_t accepted = 0;
  std::uint64_t requests = 0;     // handed to the handler
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
  std::array<std::uint64_t, 600> rejected{};  // by status; refused by the server itself
};

// What one io thread counts. Owned by that thread's IoThread, which alone writes it; read from
// anywhere by add_to().
struct HttpCounters {
  SingleWriterCount accepted;
  SingleWriterCount requests;
  SingleWriterCount client_gone;
  SingleWriterCount incomplete;
  SingleWriterCount desync_refused;
  SingleWriterCount trailers_dropped;
  SingleWriterCount drained_bytes;
  SingleWriterCount read_paused;
  SingleWriterCount connections_rejected;
  SingleWriterCount connections_evicted;
  SingleWriterCount accept_errors_no_descriptor;
  SingleWriterCount accept_errors_other;
  std::array<SingleWriterCount, kHttpFaultNames.size()> parse_errors;
  std::array<SingleWriterCount, kHttpPhaseNames.size()> timeouts;
  std::array<SingleWriterCount, kHttpPhaseNames.size()> connections;
  std::array<SingleWriterCount, 600> rejected;

  // [any]
  void add_to(HttpTotals& totals) const {
    totals.accepted += accepted.get();
    totals.requests += requests.get();
    totals.client_gone += client_gone.get();
    totals.incomplete += incomplete.get();
    totals.desync_refused += desync_refused.get();
    totals.trailers_dropped += trailers_dropped.get();
    totals.drained_bytes += drained_bytes.get();
    totals.read_paused += read_paused.get();
    totals.connections_rejected += connections_rejected.get();
    totals.connections_evicted += connections_evicted.get();
    totals.accept_errors_no_descriptor += accept_errors_no_descriptor.get();
    totals.accept_errors_other += accept_errors_other.get();
    add_each(parse_errors, totals.parse_errors);
    add_each(timeouts, totals.timeouts);
    add_each(connections, totals.connections);
    add_each(rejected, totals.rejected);
  }

 private:
  template <std::size_t kSize>
  static void add_each(const std::array<SingleWriterCount, kSize>& from,
                       std::array<std::uint64_t, kSize>& to) {
    for (std::size_t i = 0; i < kSize; ++i) to[i] += from[i].get();
  }
};

}  // namespace backplane::host
