#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "host/admin/admin_context.hpp"
#include "host/admin/admin_gate.hpp"
#include "host/admin/event_hub.hpp"
#include "host/base/result.hpp"
#include "host/config/host_config.hpp"
#include "host/control/controller.hpp"
#include "host/control/loader_reaper.hpp"
#include "host/control/plugin_follower.hpp"
#include "host/control/plugin_store.hpp"
#include "host/control/reloader.hpp"
#include "host/control/revision_log.hpp"
#include "host/control/state_directory.hpp"
#include "host/control/state_store.hpp"
#include "host/control/task_thread.hpp"
#include "host/http/http_server.hpp"
#include "host/plugin/handler_calls.hpp"
#include "host/plugin/plugin_watcher.hpp"
#include "host/plugin/probe_runner.hpp"
#include "host/plugin/task_pool.hpp"
#include "host/routing/call_router.hpp"
#include "host/routing/router.hpp"
#include "host/routing/routing_table.hpp"

namespace backplane::host {

// A serving host: owns every part and thread, in start order. Made and stopped by main() or a
// test, on that thread.
class Host {
 public:
  // Blocks until the backends of the state that is stored, or of the app document of a first start,
  // are ready and both listeners accept; the admin listener does so from the beginning.
  // kMalformed, kInvalidArgument: the configuration or the app document.  kUnavailable: the
  // system (a port in use, a directory that cannot be read or written).
  static Result<std::unique_ptr<Host>> start(const HostConfig& config);
  // As stop().
  ~Host();

  std::uint16_t data_port() const { return data_->port(); }
  std::uint16_t admin_port() const { return admin_->port(); }
  const HostConfig& config() const { return config_; }

  // A way into the data plane from inside the process, for one thread at a time: endpoints
  // without a route are reachable only so.
  Router& local_router() { return *local_router_; }

  // Reads the app document again and makes it the desired state; on an error nothing changes.
  Status reload_app();

  // The steps of a graceful stop, in order. Readiness fails from here on.
  void begin_drain();
  // No new connections; answers say Connection: close.
  void stop_accepting() { data_->begin_drain(); }
  // Whether no request is in flight any more.
  bool drained() { return data_->wait_drained(Clock::now()); }
  // Requests that are with a handler or wait for one; a reading, not exact.
  std::uint64_t in_flight() const;
  // Ends everything; what is still queued or running is answered 503. False when a handler did not
  // return in time: its thread cannot be ended from outside, so whatever it may touch is left in
  // memory, and the process should end soon.
  bool stop();

 private:
  explicit Host(const HostConfig& config) : config_(config) {}

  Status open_state();
  Status start_control();
  // What finds, keeps, tries and loads them.
  Status open_plugins();
  // The state that is stored or, when there is none, that of the app document.
  Status start_backends();
  Status start_data();
  Status start_admin();
  // Behind the others: what has changed while the host was down is reloaded, not refused.
  Status start_watching();
  RouterSetup router_setup(std::size_t shard) const;
  std::string data_url() const;
  Status apply_app(bool at_start);
  Status apply(ChangeRequest request);
  void run_on_control(TaskThread::Task task);
  bool wait_backends_stopped(TimePoint deadline);
  // All that they ran is over: the loader may destroy them.
  void release_backends();
  void leave_in_memory();

  const HostConfig config_;
  bool stopped_ = false;
  std::optional<StateDirectory> state_directory_;
  std::unique_ptr<StateStore> state_store_;
  std::unique_ptr<RevisionLog> log_;
  std::unique_ptr<TaskThread> control_thread_;
  std::unique_ptr<TaskThread> loader_thread_;
  std::unique_ptr<TaskThread> state_thread_;
  std::unique_ptr<LoaderReaper> reaper_;
  std::unique_ptr<TaskPool> tasks_;
  RoutingTable table_;
  std::unique_ptr<CallRouter> call_router_;
  std::unique_ptr<HandlerCalls> handler_calls_;  // before what loads plugins, which it outlives
  std::unique_ptr<PluginStore> store_;
  std::unique_ptr<ProbeRunner> probe_;
  std::unique_ptr<Controller> controller_;
  std::unique_ptr<Reloader> reloader_;
  std::unique_ptr<PluginFollower> follower_;  // null, as the watcher: the directory is not watched
  std::unique_ptr<RouterStats> router_stats_;
  std::unique_ptr<AdminGate> gate_;
  std::unique_ptr<AuditLog> audit_;
  std::unique_ptr<EventHub> events_;
  std::unique_ptr<AdminContext> admin_context_;
  std::unique_ptr<Router> local_router_;
  std::unique_ptr<PluginWatcher> watcher_;
  std::unique_ptr<HttpServer> data_;
  std::unique_ptr<HttpServer> admin_;
  // Both for control, which is asked over admin before they are there.
  std::atomic<const HttpServer*> data_counted_{nullptr};
  std::atomic<const HttpServer*> admin_counted_{nullptr};
};

}  // namespace backplane::host
