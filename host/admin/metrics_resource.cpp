#include "host/admin/metrics_resource.hpp"

#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <backplane/abi.h>

#include "host/admin/plugin_metrics.hpp"
#include "host/metrics/http_metrics.hpp"
#include "host/metrics/metrics_page.hpp"
#include "host/metrics/process_readings.hpp"

namespace backplane::host {
namespace {

constexpr MetricName kBuild{"backplane_build_info", "The version of the host and of its ABI."};
constexpr MetricName kStarted{"backplane_start_time_seconds",
                              "When the host started, in seconds since 1970."};
constexpr MetricName kRevision{"backplane_revision", "The revision of the desired state."};
constexpr MetricName kReady{"backplane_ready", "1 when every backend serves, as /readyz says."};
constexpr MetricName kBackendReady{"backplane_backend_ready", "1 when the backend serves."};
constexpr MetricName kShadowsDropped{"backplane_shadow_dropped_total",
                                     "Requests not copied to a shadow, for want of budget."};
constexpr MetricName kAuthFailures{"backplane_auth_failures_total",
                                   "Calls of the admin API without a good token, by reason."};
constexpr MetricName kAuthzDenied{"backplane_authz_denied_total",
                                  "Calls of the admin API that wanted more than their role."};
constexpr MetricName kCsrfRefused{"backplane_admin_csrf_refused_total",
                                  "Calls of the admin API by pages of other sites."};
constexpr MetricName kBadHost{"backplane_admin_bad_host_total",
                              "Calls of the admin API under a name that is not its own."};
constexpr MetricName kAuditFailures{"backplane_audit_failures_total",
                                    "Lines that could not be written to the audit log."};
constexpr MetricName kAuditUnrecorded{
    "backplane_audit_unrecorded_total",
    "Refused calls that got no line of their own in the audit log, being too many."};
constexpr MetricName kReloads{"backplane_reloads_total",
                              "Reloads and rollbacks of plugins, by what they came to: done, "
                              "unchanged, or the code of the failure."};
constexpr MetricName kWatched{"backplane_plugin_watcher_events_total",
                              "What happened to files of the plugin directory, and came of it."};
constexpr MetricName kPinned{
    "backplane_generations_pinned",
    "Generations of plugins that nobody uses and that cannot be unmapped."};
constexpr MetricName kOverdue{"backplane_backends_draining_overdue",
                              "Replaced or deleted backends that have not finished in time."};
constexpr MetricName kRequests{
    "backplane_requests_total",
    "Requests answered, by where they were sent and how they ended. No backend: answered by the "
    "host; no endpoint: an unknown path or method, or one of the host's own paths."};
constexpr MetricName kRequestTime{"backplane_request_seconds",
                                  "From the first byte of a request to its answer."};
constexpr MetricName kQueueDepth{"backplane_queue_depth", "Requests that wait for a replica."};
constexpr MetricName kReplicas{"backplane_replicas", "Replicas, each a thread with a handler."};
constexpr MetricName kExecutions{"backplane_handler_executions_total",
                                 "Calls of the handler; one may be for a batch."};
constexpr MetricName kHandled{"backplane_handler_requests_total",
                              "Requests that the handler was called for, shadows included."};
constexpr MetricName kFailures{"backplane_handler_failures_total",
                               "Of those, answered with a status of 500 or above."};
constexpr MetricName kRestarts{"backplane_replica_restarts_total",
                               "Handlers made in the place of one that was not well."};
constexpr MetricName kErrors{"backplane_handler_errors_total",
                             "Of those, failed by the handler or refused by the host, by the code "
                             "of the answer."};
constexpr MetricName kQueueTime{"backplane_queue_seconds",
                                "From the queue to the call of the handler, by request."};
constexpr MetricName kHandlerTime{"backplane_handler_seconds",
                                  "How long calls of the handler took."};
constexpr MetricName kBatchSize{"backplane_batch_size", "Requests in one call of the handler."};
constexpr MetricName kViolations{"backplane_plugin_contract_violations_total",
                                 "What the plugin did against the ABI's contract."};
constexpr MetricName kDoubleCompletions{"backplane_plugin_double_completions_total",
                                        "Completions of calls that were complete."};
constexpr MetricName kLateCompletions{"backplane_plugin_late_completions_total",
                                      "Completions, by async handlers, of calls whose client had "
                                      "left or whose deadline had passed."};

// What an endpoint counted, read once for the counters and the histograms.
struct EndpointReading {
  std::string endpoint;  // empty: none
  EndpointSeries series;
};

// The same of a backend.
struct BackendReading {
  MetricLabels labels;
  BackendStats stats;
};

void write_gate(const GateCounts& counts, MetricsPage& page) {
  for (std::size_t i = 0; i < kAuthFailureNames.size(); ++i) {
    page.counter(kAuthFailures, {{"reason", std::string(kAuthFailureNames[i])}},
                 counts.auth_failures[i].load(std::memory_order_relaxed));
  }
  page.counter(kAuthzDenied, {}, counts.authz_denied.load(std::memory_order_relaxed));
  page.counter(kCsrfRefused, {}, counts.csrf_refused.load(std::memory_order_relaxed));
  page.counter(kBadHost, {}, counts.bad_host.load(std::memory_order_relaxed));
}

void write_host(const AdminContext& context, MetricsPage& page) {
  const Controller& controller = context.controller;
  page.gauge(kBuild,
             {{"version", context.version},
              {"abi", std::to_string(BP_ABI_MAJOR) + "." + std::to_string(BP_ABI_MINOR)}},
             1);
  page.gauge(kStarted, {},
             std::chrono::duration<double>(context.started_at.time_since_epoch()).count());
  page.gauge(kRevision, {}, static_cast<double>(controller.revision()));
  page.gauge(kReady, {}, controller.unready_causes().empty() ? 1 : 0);
  for (const auto& [outcome, count] : context.reloader.counts()) {
    page.counter(kReloads, {{"outcome", outcome}}, count);
  }
  if (context.follower != nullptr) {
    for (const auto& [event, count] : context.follower->counts()) {
      page.counter(kWatched, {{"event", event}}, count);
    }
  }
  page.gauge(kPinned, {}, static_cast<double>(context.store.pinned()));
  page.gauge(kOverdue, {}, static_cast<double>(controller.overdue_backends(Clock::now()).size()));
  page.counter(kShadowsDropped, {}, context.router_stats.shadows_dropped());
  write_process_metrics(page);
  write_http_metrics("data", context.data_totals(), page);
  write_http_metrics("admin", context.admin_totals(), page);
  write_gate(context.gate_counts, page);
  page.counter(kAuditFailures, {}, context.audit.failures());
  page.counter(kAuditUnrecorded, {}, context.audit.unrecorded());
}

std::vector<EndpointReading> read_endpoints(const AdminContext& context) {
  std::vector<EndpointReading> readings;
  readings.push_back({"", {"", "", context.router_stats.unrouted().read()}});
  for (const auto& [name, spec] : context.controller.desired().endpoints) {
    const EndpointCounts* counts = context.controller.counts(name);
    if (counts == nullptr) continue;
    for (EndpointSeries& series : counts->series()) readings.push_back({name, std::move(series)});
  }
  return readings;
}

MetricLabels labels_of(const EndpointReading& reading) {
  return {{"endpoint", reading.endpoint},
          {"backend", reading.series.backend},
          {"generation", reading.series.generation}};
}

void write_requests(const std::vector<EndpointReading>& readings, MetricsPage& page) {
  for (const EndpointReading& reading : readings) {
    for (std::size_t i = 0; i < kOutcomes; ++i) {
      MetricLabels labels = labels_of(reading);
      labels.push_back({"outcome", std::string(name_of(static_cast<Outcome>(i)))});
      page.counter(kRequests, labels, reading.series.summary.outcomes[i]);
    }
  }
}

std::vector<BackendReading> read_backends(const Controller& controller) {
  std::vector<BackendReading> readings;
  for (const auto& backend : controller.live_backends()) {
    readings.push_back(
        {{{"backend", backend->spec().tag}, {"generation", std::to_string(backend->generation())}},
         backend->stats()});
  }
  return readings;
}

void write_backends(const Controller& controller, const std::vector<BackendReading>& readings,
                    MetricsPage& page) {
  for (const auto& [tag, spec] : controller.desired().backends) {
    page.gauge(kBackendReady, {{"backend", tag}}, controller.serving(tag) != nullptr ? 1 : 0);
  }
  for (const auto& [labels, stats] : readings) {
    page.gauge(kQueueDepth, labels, static_cast<double>(stats.queued));
    page.gauge(kReplicas, labels, static_cast<double>(stats.num_replicas));
    page.counter(kExecutions, labels, stats.replicas.executions);
    page.counter(kHandled, labels, stats.replicas.requests);
    page.counter(kFailures, labels, stats.replicas.failures);
    page.counter(kRestarts, labels, stats.replicas.restarts);
    for (std::size_t fault = 1; fault < kHandlerFaultNames.size(); ++fault) {
      MetricLabels with_code = labels;
      with_code.push_back({"code", std::string(kHandlerFaultNames[fault])});
      page.counter(kErrors, with_code, stats.replicas.faults[fault]);
    }
  }
}

void write_plugins(const Controller& controller, MetricsPage& page) {
  // Backends of one plugin share its library, and what is counted for it.
  std::map<std::pair<std::string, std::uint64_t>, const ContractCounts*> libraries;
  for (const auto& backend : controller.live_backends()) {
    if (const PluginLibrary* library = backend->library()) {
      libraries[{library->plugin(), library->generation()}] = &library->contract_counts();
    }
  }
  for (const auto& [library, counts] : libraries) {
    const MetricLabels labels{{"plugin", library.first},
                              {"generation", std::to_string(library.second)}};
    page.counter(kViolations, labels, counts->violations.load(std::memory_order_relaxed));
    page.counter(kDoubleCompletions, labels,
                 counts->double_completions.load(std::memory_order_relaxed));
    page.counter(kLateCompletions, labels,
                 counts->late_completions.load(std::memory_order_relaxed));
  }
}

void write_histograms(const std::vector<EndpointReading>& endpoints,
                      const std::vector<BackendReading>& backends, MetricsPage& page) {
  for (const EndpointReading& reading : endpoints) {
    page.histogram(kRequestTime, labels_of(reading), reading.series.summary.latency);
  }
  for (const auto& [labels, stats] : backends) {
    page.histogram(kQueueTime, labels, stats.replicas.queue_time);
    page.histogram(kHandlerTime, labels, stats.replicas.handler_time);
    page.histogram(kBatchSize, labels, stats.replicas.batch_size);
  }
}

}  // namespace

void get_metrics(AdminContext& context, const AdminCallPtr& call) {
  const Controller& controller = context.controller;
  const std::vector<EndpointReading> endpoints = read_endpoints(context);
  const std::vector<BackendReading> backends = read_backends(controller);
  // In the order of what a full page must not lose.
  MetricsPage page;
  write_host(context, page);
  write_requests(endpoints, page);
  write_backends(controller, backends, page);
  write_plugins(controller, page);
  const PluginRegistries registries = plugin_registries(controller);
  write_plugin_refusals(registries, page);
  write_histograms(endpoints, backends, page);
  write_plugin_series(registries, page);
  call->reply_text(MetricsPage::kContentType, page.text());
}

}  // namespace backplane::host
