#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "host/backend/replica.hpp"
#include "host/backend/start_gate.hpp"
#include "host/base/status.hpp"
#include "host/batching/batch_collector.hpp"
#include "host/batching/request_sink.hpp"
#include "host/config/app_document.hpp"
#include "host/plugin/handler_factory.hpp"

namespace backplane::host {

// What a backend has done since it was made; a reading, not exact while it serves.
struct BackendStats {
  ReplicaSummary replicas;
  std::size_t num_replicas = 0;
  std::size_t queued = 0;
};

// What a backend is beside what its spec asks for.
struct BackendOptions {
  std::uint64_t generation = 0;
  bool metrics = true;           // its replicas count what they do
  std::uint32_t submitters = 1;  // threads that submit; each has a replica where it runs inline
};

// A backend's word to whoever started it. Each is called once, on a replica's thread (or within
// start(), when a thread cannot be had).
struct BackendEvents {
  // Every replica is ready (ok), or none will serve (the first error).
  std::function<void(Status)> on_started;
  // No replica runs any more; what is left is to let go of the backend.
  std::function<void()> on_stopped;
};

// Runs a task on a thread that may join and unload: where a backend is destroyed, whoever drops
// the last reference to it.
using Disposer = std::function<void(std::function<void()>)>;

// Handler code with its replicas and their queue: the unit of reload. Shared by control and by
// the routing snapshots that send to it; closed by control; destroyed where its disposer says,
// because the last reference may be dropped by an io thread.
class Backend final : public RequestSink {
 public:
  // [control] Starts the replicas' threads and returns at once; `events` tell the rest. The
  // backend refuses requests from the moment it is closed, and queues them from the first.
  static std::shared_ptr<Backend> start(BackendSpec spec, const BackendOptions& options,
                                        std::shared_ptr<HandlerFactory> factory,
                                        BackendEvents events, const Disposer& dispose);
  // Joins. Only when closed and stopped is this short.
  ~Backend() override;

  Status submit(RequestList& burst, std::size_t thread) override;
  std::size_t queued() const override { return collector_.depth(); }
  std::chrono::milliseconds drain_estimate() const override;

  // [any] Gives up on replicas that are still being made; a no-op once started.
  void abandon_start(Error error) { gate_.abandon(std::move(error)); }
  // [any] Refuses new requests; the replicas finish what is queued, then end.
  void close();
  // [any] As close(), but what is queued is answered with `error` at once.
  void close_now(const Error& error);

  const BackendSpec& spec() const { return spec_; }
  std::uint64_t generation() const { return options_.generation; }
  const HandlerDescription& handler() const { return factory_->description(); }
  // Where its handler's code is; null when that is not in this process.
  const PluginLibrary* library() const { return factory_->library(); }
  // [any] The counts of its replicas, all zero without BackendOptions::metrics.
  BackendStats stats() const;
  // [any] Constant once started.
  std::size_t num_replicas() const { return replicas_.size(); }

 private:
  Backend(BackendSpec spec, const BackendOptions& options, std::shared_ptr<HandlerFactory> factory,
          BackendEvents events);

  bool is_inline() const { return spec_.config.execution == Execution::kInline; }
  std::uint32_t wanted_replicas() const;
  void start_replicas();
  void on_replica_exited(std::uint32_t replicas = 1);

  const BackendSpec spec_;
  const BackendOptions options_;
  const std::shared_ptr<HandlerFactory> factory_;
  const std::function<void()> on_stopped_;
  std::atomic<bool> closed_{false};  // for inline execution, which has no queue that says so
  std::atomic<std::uint32_t> running_;
  BatchCollector collector_;
  StartGate gate_;
  // Constant after start(). Last: the replicas' threads use everything above.
  std::vector<std::unique_ptr<Replica>> replicas_;
};

}  // namespace backplane::host
