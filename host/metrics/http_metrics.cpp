#include "host/metrics/http_metrics.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace backplane::host {
namespace {

struct Plain {
  MetricName name;
  std::uint64_t HttpTotals::*value;
};

constexpr std::array kPlain{
    Plain{{"backplane_http_accepted_total", "Connections accepted."}, &HttpTotals::accepted},
    Plain{{"backplane_http_requests_total", "Requests that were shown to a handler."},
          &HttpTotals::requests},
    Plain{{"backplane_http_client_gone_total", "Clients that left before their answer."},
          &HttpTotals::client_gone},
    Plain{{"backplane_http_incomplete_total", "Connections closed in the middle of a request."},
          &HttpTotals::incomplete},
    Plain{{"backplane_http_desync_refused_total",
           "Requests refused for a Transfer-Encoding that invites request smuggling."},
          &HttpTotals::desync_refused},
    Plain{{"backplane_http_trailers_dropped_total", "Trailer fields that were dropped."},
          &HttpTotals::trailers_dropped},
    Plain{{"backplane_http_drained_bytes_total", "Bytes read and dropped after an early answer."},
          &HttpTotals::drained_bytes},
    Plain{{"backplane_http_read_paused_total",
           "Times that reading stopped because too much was pipelined."},
          &HttpTotals::read_paused},
    Plain{{"backplane_http_connections_rejected_total", "Connections over the limit, refused."},
          &HttpTotals::connections_rejected},
    Plain{{"backplane_http_connections_evicted_total",
           "Idle connections closed to make room for new ones."},
          &HttpTotals::connections_evicted},
};

constexpr MetricName kAcceptErrors{"backplane_http_accept_errors_total",
                                   "Failures to accept a connection, by error."};
constexpr MetricName kParseErrors{"backplane_http_parse_errors_total",
                                  "Malformed requests, by what was wrong."};
constexpr MetricName kTimeouts{"backplane_http_timeouts_total",
                               "Connections whose time was up, by what they were doing."};
constexpr MetricName kConnections{"backplane_http_connections",
                                  "Open connections, by what they are doing."};
constexpr MetricName kTlsErrors{"backplane_tls_errors_total",
                                "TLS connections that came to nothing, by reason."};
constexpr MetricName kRejected{"backplane_http_rejected_total",
                               "Requests answered by the HTTP server itself, by status."};

}  // namespace

void write_http_metrics(const std::string& listener, const HttpTotals& totals, MetricsPage& page) {
  for (const Plain& plain : kPlain) {
    page.counter(plain.name, {{"listener", listener}}, totals.*plain.value);
  }
  const auto labels = [&listener](std::string_view name, std::string_view value) {
    return MetricLabels{{"listener", listener}, {name, std::string(value)}};
  };
  page.counter(kAcceptErrors, labels("error", "no_descriptor"), totals.accept_errors_no_descriptor);
  page.counter(kAcceptErrors, labels("error", "other"), totals.accept_errors_other);
  for (std::size_t i = 0; i < kHttpFaultNames.size(); ++i) {
    page.counter(kParseErrors, labels("reason", kHttpFaultNames[i]), totals.parse_errors[i]);
  }
  for (std::size_t i = 0; i < kHttpPhaseNames.size(); ++i) {
    page.counter(kTimeouts, labels("phase", kHttpPhaseNames[i]), totals.timeouts[i]);
    page.gauge(kConnections, labels("state", kHttpPhaseNames[i]),
               static_cast<double>(totals.connections[i]));
  }
  for (std::size_t i = 0; i < kTlsFaultNames.size(); ++i) {
    page.counter(kTlsErrors, labels("reason", kTlsFaultNames[i]), totals.tls_errors[i]);
  }
  // Six hundred series would be mostly zeros: those that have happened.
  for (std::size_t status = 0; status < totals.rejected.size(); ++status) {
    if (totals.rejected[status] == 0) continue;
    page.counter(kRejected, labels("status", std::to_string(status)), totals.rejected[status]);
  }
}

}  // namespace backplane::host
