#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "host/admin/admin_context.hpp"
#include "host/admin/admin_gate.hpp"
#include "host/base/result.hpp"
#include "host/config/host_config.hpp"
#include "host/control/controller.hpp"
#include "host/control/loader_reaper.hpp"
#include "host/control/plugin_store.hpp"
#include "host/control/task_thread.hpp"
#include "host/http/http_server.hpp"
#include "host/routing/router.hpp"
#include "host/routing/routing_table.hpp"

namespace backplane::host {

// A serving host: owns every part and thread, in start order. Made and stopped by main() or a
// test, on that thread.
class Host {
 public:
  // Blocks until the app document's backends are ready and both listeners accept.
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

  Status start_control();
  Status start_listeners();
  RouterSetup router_setup(std::size_t shard) const;
  HttpTotals admin_totals() const;
  Status apply(const Change& change, bool tolerant);
  void run_on_control(TaskThread::Task task);
  bool wait_backends_stopped();
  void leave_in_memory();

  const HostConfig config_;
  bool stopped_ = false;
  std::unique_ptr<TaskThread> control_thread_;
  std::unique_ptr<TaskThread> loader_thread_;
  std::unique_ptr<LoaderReaper> reaper_;
  std::unique_ptr<PluginStore> store_;
  RoutingTable table_;
  std::unique_ptr<Controller> controller_;
  std::unique_ptr<RouterStats> router_stats_;
  std::unique_ptr<AdminGate> gate_;
  std::unique_ptr<AuditLog> audit_;
  std::unique_ptr<AdminContext> admin_context_;
  std::unique_ptr<Router> local_router_;
  std::unique_ptr<HttpServer> data_;
  std::unique_ptr<HttpServer> admin_;
  // admin_ for control, which may be asked over it before start_listeners() has it.
  std::atomic<const HttpServer*> admin_counted_{nullptr};
};

}  // namespace backplane::host
