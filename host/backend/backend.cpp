#include "host/backend/backend.hpp"

#include <utility>

namespace backplane::host {
namespace {

BatchLimits batch_limits(const BackendConfig& config) {
  return {.max_batch_size = config.max_batch_size,
          .batch_wait_timeout = config.batch_wait_timeout,
          .num_replicas = config.num_replicas};
}

}  // namespace

std::shared_ptr<Backend> Backend::start(BackendSpec spec, const BackendOptions& options,
                                        std::shared_ptr<HandlerFactory> factory,
                                        BackendEvents events, const Disposer& dispose) {
  std::unique_ptr<Backend> owned(
      new Backend(std::move(spec), options, std::move(factory), std::move(events)));
  std::shared_ptr<Backend> backend(owned.release(), [dispose](Backend* last) {
    dispose([dying = std::shared_ptr<Backend>(last)]() mutable { dying.reset(); });
  });
  backend->start_replicas();
  return backend;
}

Backend::Backend(BackendSpec spec, const BackendOptions& options,
                 std::shared_ptr<HandlerFactory> factory, BackendEvents events)
    : RequestSink(spec.tag + "@" + std::to_string(options.generation)),
      spec_(std::move(spec)),
      options_(options),
      factory_(std::move(factory)),
      on_stopped_(std::move(events.on_stopped)),
      running_(wanted_replicas()),
      collector_(batch_limits(spec_.config), spec_.config.queue_limit()),
      gate_(wanted_replicas(), std::move(events.on_started)) {}

Backend::~Backend() {
  close();
  for (const auto& replica : replicas_) replica->join();
}

std::uint32_t Backend::wanted_replicas() const {
  return is_inline() ? options_.submitters : spec_.config.num_replicas;
}

void Backend::start_replicas() {
  const std::uint32_t wanted = wanted_replicas();
  replicas_.reserve(wanted);
  for (std::uint32_t index = 0; index < wanted; ++index) {
    const ReplicaSeat seat{.index = index,
                           .generation = options_.generation,
                           .tag = spec_.tag,
                           .init_json = spec_.init_json,
                           .user_config_json = spec_.config.user_config_json,
                           .batched = spec_.config.max_batch_size > 1,
                           .is_inline = is_inline(),
                           .metrics = options_.metrics,
                           .factory = *factory_,
                           .collector = collector_,
                           .gate = gate_};
    auto replica = Replica::start(seat, [this] { on_replica_exited(); });
    if (!replica.ok()) {
      gate_.abandon(std::move(replica).error());
      on_replica_exited(wanted - index);
      return;
    }
    replicas_.push_back(std::move(replica).value());
  }
}

void Backend::on_replica_exited(std::uint32_t replicas) {
  // acq_rel: the last one out has seen everything the others did.
  if (running_.fetch_sub(replicas, std::memory_order_acq_rel) == replicas) on_stopped_();
}

Status Backend::submit(RequestList& burst, std::size_t thread) {
  const TimePoint now = Clock::now();
  if (!is_inline()) return collector_.push(burst, now);
  if (closed_.load(std::memory_order_acquire)) {
    return Error(ErrorCode::kUnavailable, "backend is closed");
  }
  for (Exchange* exchange = burst.front(); exchange != nullptr; exchange = exchange->next) {
    exchange->queued = now;
  }
  // The snapshot that led here keeps the replica's handler until this returns.
  replicas_[thread]->run_here(std::move(burst));
  return {};
}

std::chrono::milliseconds Backend::drain_estimate() const {
  return collector_.drain_estimate();
}

void Backend::close() {
  closed_.store(true, std::memory_order_release);
  collector_.close();
}

void Backend::close_now(const Error& error) {
  closed_.store(true, std::memory_order_release);
  RequestList rest = collector_.close_and_take();
  while (!rest.empty()) rest.pop_front().fail(error);
}

BackendStats Backend::stats() const {
  BackendStats stats;
  stats.num_replicas = replicas_.size();
  stats.queued = queued();
  for (const auto& replica : replicas_) replica->stats().add_to(stats.replicas);
  return stats;
}

}  // namespace backplane::host
