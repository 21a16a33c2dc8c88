#include "host/app/http_totals_json.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace backplane::host {
namespace {

template <std::size_t N>
void write_named(std::string_view name, const std::array<std::string_view, N>& names,
                 const std::array<std::uint64_t, N>& values, JsonWriter& json) {
  json.key(name).begin_object();
  for (std::size_t i = 0; i < N; ++i) json.member(names[i], values[i]);
  json.end_object();
}

}  // namespace

void write_http_totals(const HttpTotals& totals, JsonWriter& json) {
  json.member("accepted", totals.accepted)
      .member("requests", totals.requests)
      .member("client_gone", totals.client_gone)
      .member("incomplete", totals.incomplete)
      .member("desync_refused", totals.desync_refused)
      .member("trailers_dropped", totals.trailers_dropped)
      .member("drained_bytes", totals.drained_bytes)
      .member("read_paused", totals.read_paused)
      .member("connections_rejected", totals.connections_rejected)
      .member("connections_evicted", totals.connections_evicted);
  json.key("accept_errors")
      .begin_object()
      .member("no_descriptor", totals.accept_errors_no_descriptor)
      .member("other", totals.accept_errors_other)
      .end_object();
  write_named("parse_errors", kHttpFaultNames, totals.parse_errors, json);
  write_named("timeouts", kHttpPhaseNames, totals.timeouts, json);
  write_named("connections", kHttpPhaseNames, totals.connections, json);
  write_named("tls_errors", kTlsFaultNames, totals.tls_errors, json);
  json.key("rejected").begin_object();
  for (std::size_t status = 0; status < totals.rejected.size(); ++status) {
    if (totals.rejected[status] > 0) json.member(std::to_string(status), totals.rejected[status]);
  }
  json.end_object();
}

}  // namespace backplane::host
