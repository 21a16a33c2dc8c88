#include "host/backend/backend.hpp"

#include <algorithm>
#include <utility>

namespace backplane::host {
namespace {

// As many as RayServe lets a replica have.
constexpr std::uint32_t kDefaultAsyncQueries = 100;

// Of a replica whose handler is async.
std::uint32_t max_in_flight(const BackendConfig& config) {
  if (config.max_concurrent_queries != 0) return config.max_concurrent_queries;
  return std::max(kDefaultAsyncQueries, config.max_batch_size);
}

BatchLimits batch_limits(const BackendConfig& config, const HandlerDescription& handler) {
  return {.max_batch_size = config.max_batch_size,
          .batch_wait_timeout = config.batch_wait_timeout,
          .num_replicas = config.num_replicas,
          .concurrency = handler.async ? max_in_flight(config) : 1,
          .max_pull = config.max_concurrent_queries == 0
                          ? kMaxPull
                          : std::min(config.max_concurrent_queries, kMaxPull)};
}

Error closed_error() {
  return {ErrorCode::kUnavailable, "backend is closed"};
}

}  // namespace

std::shared_ptr<Backend> Backend::start(BackendSpec spec, BackendOptions options,
                                        std::shared_ptr<HandlerFactory> factory,
                                        BackendEvents events, const Disposer& dispose) {
  std::unique_ptr<Backend> owned(
      new Backend(std::move(spec), std::move(options), std::move(factory), std::move(events)));
  std::shared_ptr<Backend> backend(owned.release(), [dispose](Backend* last) {
    dispose([dying = std::shared_ptr<Backend>(last)]() mutable { dying.reset(); });
  });
  backend->start_replicas(backend->wanted_replicas(), backend->spec_.config.user_config_json,
                          backend->gates_.back());
  return backend;
}

Backend::Backend(BackendSpec spec, BackendOptions options, std::shared_ptr<HandlerFactory> factory,
                 BackendEvents events)
    : RequestSink(spec.tag + "@" + std::to_string(options.generation)),
      spec_(std::move(spec)),
      inline_(spec_.config.execution == Execution::kInline),
      options_(std::move(options)),
      factory_(std::move(factory)),
      on_replica_ended_(std::move(events.on_replica_ended)),
      on_stopped_(std::move(events.on_stopped)),
      running_(wanted_replicas()),
      slots_(slots_of(spec_.config)),
      collector_(batch_limits(spec_.config, factory_->description()), spec_.config.queue_limit()) {
  gates_.emplace_back(wanted_replicas(), std::move(events.on_started));
}

Backend::~Backend() {
  close();
  for (const auto& replica : replicas_) replica->join();
  for (const auto& replica : leaving_) replica->join();
}

std::uint32_t Backend::wanted_replicas() const {
  return inline_ ? options_.submitters : spec_.config.num_replicas;
}

std::size_t Backend::slots_of(const BackendConfig& config) const {
  if (inline_) return 1;
  const std::size_t each = handler().async ? max_in_flight(config) : 1;
  return each * config.num_replicas;
}

void Backend::start_replicas(std::uint32_t wanted, const std::string& user_config_json,
                             StartGate& gate) {
  replicas_.reserve(replicas_.size() + wanted);
  for (std::uint32_t made = 0; made < wanted; ++made) {
    const ReplicaSeat seat{.index = static_cast<std::uint32_t>(replicas_.size()),
                           .generation = options_.generation,
                           .tag = spec_.tag,
                           .init_json = spec_.init_json,
                           .user_config_json = user_config_json,
                           .is_inline = inline_,
                           .max_in_flight = max_in_flight(spec_.config),
                           .metrics = options_.metrics,
                           .factory = *factory_,
                           .collector = collector_,
                           .gate = gate};
    std::optional<HandlerState> state;
    if (seat.index < options_.states.size()) state.swap(options_.states[seat.index]);
    auto replica = Replica::start(seat, std::move(state), [this] { on_replica_exited(); });
    if (!replica.ok()) {
      gate.abandon(std::move(replica).error());
      on_replica_exited(wanted - made);
      return;
    }
    replicas_.push_back(std::move(replica).value());
  }
}

void Backend::on_replica_exited(std::uint32_t replicas) {
  // acq_rel: the last one out has seen everything the others did.
  if (running_.fetch_sub(replicas, std::memory_order_acq_rel) == replicas) {
    on_stopped_();
  } else if (on_replica_ended_) {
    on_replica_ended_();
  }
}

Status Backend::submit(RequestList& burst, std::size_t thread) {
  const TimePoint now = Clock::now();
  if (!inline_) return collector_.push(burst, now);
  if (closed_.load(std::memory_order_acquire)) {
    return closed_error();
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

void Backend::abandon_start(const Error& error) {
  gates_.back().expire(error);
}

void Backend::close() {
  give_up();
  abandon_save(closed_error());
  closed_.store(true, std::memory_order_release);
  collector_.close();
}

void Backend::close_now(const Error& error) {
  give_up();
  abandon_save(closed_error());
  closed_.store(true, std::memory_order_release);
  RequestList rest = collector_.close_and_take();
  while (!rest.empty()) rest.pop_front().fail(error);
}

bool Backend::can_take(const BackendSpec& running, const BackendSpec& next) {
  BackendSpec rest = running;
  rest.config = next.config;
  if (rest != next || running.config.execution != next.config.execution) return false;
  if (running.config.user_config_json == next.config.user_config_json) return true;
  // A handler can be given a configuration but not have it taken away; and what runs inline belongs
  // to io threads, which take no orders.
  return !next.config.user_config_json.empty() && next.config.execution == Execution::kReplica;
}

void Backend::prepare(const BackendConfig& next, std::function<void(Status)> ready) {
  const std::size_t running = replicas_.size();
  const std::size_t wanted = inline_ ? running : next.num_replicas;
  update_ = Update{.number = ++updates_,
                   .config = next,
                   .stay = std::min(running, wanted),
                   .reconfigures = next.user_config_json != spec_.config.user_config_json};
  const auto more = static_cast<std::uint32_t>(wanted - update_->stay);
  const std::size_t taking = update_->reconfigures ? update_->stay : 0;
  if (more + taking == 0) return ready({});
  std::erase_if(gates_, [](const StartGate& gate) { return gate.passed(); });
  StartGate& gate = gates_.emplace_back(static_cast<std::uint32_t>(more + taking), std::move(ready),
                                        StartGate::Then::kHold);
  for (std::size_t i = 0; i < taking; ++i) {
    replicas_[i]->give({.kind = ReplicaOrder::Kind::kReconfigure,
                        .update = update_->number,
                        .user_config_json = next.user_config_json,
                        .gate = &gate});
  }
  if (taking > 0) collector_.call_replicas();
  running_.fetch_add(more, std::memory_order_relaxed);
  start_replicas(more, next.user_config_json, gate);
}

void Backend::adopt() {
  // Given up meanwhile: the backend was closed.
  if (!update_) return;
  spec_.config = update_->config;
  if (!inline_) send_away(spec_.config.num_replicas);
  update_.reset();
  slots_.store(slots_of(spec_.config), std::memory_order_relaxed);
  collector_.set_limits(batch_limits(spec_.config, handler()), spec_.config.queue_limit());
  for (const auto& replica : replicas_) replica->set_max_in_flight(max_in_flight(spec_.config));
  gates_.back().open();
}

void Backend::give_up() {
  if (!update_) return;
  const Update update = std::move(*update_);
  update_.reset();
  gates_.back().abandon(Error(ErrorCode::kCancelled, "given_up", "the change was given up"));
  if (update.reconfigures) {
    for (std::size_t i = 0; i < update.stay; ++i) {
      replicas_[i]->give({.kind = ReplicaOrder::Kind::kRestore, .update = update.number});
    }
  }
  // Those at the gate end without an order; it does not hurt them.
  send_away(inline_ ? replicas_.size() : spec_.config.num_replicas);
  collector_.call_replicas();
}

void Backend::save_states(StateGather::Done done) {
  const auto saving = static_cast<std::size_t>(std::count_if(
      replicas_.begin(), replicas_.end(), [](const auto& one) { return one->saves_state(); }));
  // Others need not be asked, which may take until a call of theirs has ended.
  if (inline_ || saving == 0) return done(HandlerStates());
  std::erase_if(gathers_, [](const StateGather& gather) { return gather.passed(); });
  StateGather& gather = gathers_.emplace_back(replicas_.size(), saving, std::move(done));
  for (const auto& replica : replicas_) {
    if (!replica->saves_state()) continue;
    replica->give({.kind = ReplicaOrder::Kind::kSave, .gather = &gather});
  }
  collector_.call_replicas();
}

void Backend::abandon_save(const Error& error) {
  if (!gathers_.empty()) gathers_.back().abandon(error);
}

void Backend::send_away(std::size_t from) {
  if (replicas_.size() <= from) return;
  for (std::size_t i = from; i < replicas_.size(); ++i) {
    replicas_[i]->give({.kind = ReplicaOrder::Kind::kLeave});
    leaving_.push_back(std::move(replicas_[i]));
  }
  replicas_.resize(from);
  collector_.call_replicas();
  // Those that never served may have ended before they got here, where nobody looked for them.
  collect();
}

void Backend::collect() {
  std::erase_if(leaving_, [this](const std::unique_ptr<Replica>& replica) {
    if (!replica->exited()) return false;
    replica->stats().add_to(gone_);
    return true;  // its destructor joins a thread that has nothing left to do
  });
}

BackendStats Backend::stats() const {
  BackendStats stats;
  stats.replicas = gone_;
  stats.num_replicas = replicas_.size();
  stats.leaving = leaving_.size();
  stats.queued = queued();
  for (const auto* replicas : {&replicas_, &leaving_}) {
    for (const auto& replica : *replicas) {
      replica->stats().add_to(stats.replicas);
      stats.in_flight += replica->in_flight();
    }
  }
  return stats;
}

}  // namespace backplane::host
