#include "host/backend/replica.hpp"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "host/backend/state_gather.hpp"
#include "host/base/log.hpp"
#include "host/batching/batch_policy.hpp"

namespace backplane::host {
namespace {

void complete_all(RequestList& done) {
  while (!done.empty()) done.pop_front().complete();
}

// How long an ailing handler that does not fail may go unnoticed while it serves.
constexpr std::chrono::seconds kLookEvery{1};
// What an ailing handler has out is waited for so long, before the next request is looked at.
constexpr std::chrono::milliseconds kPatience{100};

bool is_faulty(const Exchange& exchange) {
  return exchange.fault != HandlerFault::kNone;
}

Duration averaged(Duration average, Duration latest) {
  return average == Duration::zero() ? latest : average + (latest - average) / 8;
}

}  // namespace

Result<std::unique_ptr<Replica>> Replica::start(const ReplicaSeat& seat,
                                                std::optional<HandlerState> state,
                                                std::function<void()> on_exited) {
  std::unique_ptr<Replica> replica(new Replica(seat, std::move(state)));
  auto thread =
      Thread::start("bp-rep-" + seat.tag + "-" + std::to_string(seat.index), ThreadRole::kReplica,
                    [self = replica.get(), on_exited = std::move(on_exited)] {
                      self->run();
                      self->exited_.store(true, std::memory_order_release);
                      on_exited();
                    });
  if (!thread.ok()) return std::move(thread).error();
  replica->thread_ = std::move(thread).value();
  return replica;
}

void Replica::run() {
  auto instance = create_instance();
  if (!instance.ok()) {
    seat_.gate.arrive(std::move(instance).error());
    return;
  }
  instance_ = std::move(instance).value();
  saves_state_.store(instance_->saves_state(), std::memory_order_relaxed);
  if (!seat_.gate.arrive(Status())) {
    instance_.reset();
    return;
  }
  if (seat_.is_inline) {
    // Nothing is ever queued: this returns when the backend is closed.
    std::uint64_t calls = 0;
    while (seat_.collector.pop_batch(Duration::zero(), calls).called) continue;
    return;
  }
  const HandlerDescription& handler = seat_.factory.description();
  if (handler.async || handler.streams) {
    serve_async();
    out_.wait_until_empty();
  } else {
    serve();
  }
  // On the thread that made it.
  instance_.reset();
}

Result<std::unique_ptr<HandlerInstance>> Replica::create_instance() {
  auto instance = seat_.factory.create({.backend = seat_.tag,
                                        .init_json = seat_.init_json,
                                        .index = seat_.index,
                                        .generation = seat_.generation});
  if (!instance.ok()) return instance;
  if (!user_config_json_.empty()) {
    Status configured = instance.value()->reconfigure(user_config_json_);
    if (!configured.ok()) return std::move(configured).error();
  }
  if (const auto state = std::exchange(state_, std::nullopt)) {
    Status restored = instance.value()->restore_state(*state);
    if (!restored.ok()) return std::move(restored).error();
  }
  Status ready = instance.value()->warm_up();
  if (!ready.ok()) return std::move(ready).error();
  Status healthy = instance.value()->health();
  // Not a matter of now: it is not to be used as it was made.
  if (!healthy.ok()) return std::move(healthy).error().with_code(ErrorCode::kInvalidArgument);
  return instance;
}

void Replica::serve() {
  std::uint64_t calls = 0;
  for (;;) {
    BatchCollector::Pull pull = seat_.collector.pop_batch(service_time_, calls);
    if (pull.called) {
      if (!follow_orders()) return;
      continue;
    }
    if (pull.requests.empty()) return;
    if (to_remake_) remake();
    in_flight_.store(static_cast<std::uint32_t>(pull.requests.size()), std::memory_order_relaxed);
    if (pull.together) {
      run_batch(*instance_, std::move(pull.requests));
    } else {
      run_each(*instance_, std::move(pull.requests));
    }
    in_flight_.store(0, std::memory_order_relaxed);
    look_after();
  }
}

void Replica::serve_async() {
  std::uint64_t calls = 0;
  for (;;) {
    const std::uint32_t room = out_.wait_for_room();
    if (room == 0) {
      if (!follow_orders()) return;
      continue;
    }
    BatchCollector::Pull pull = seat_.collector.pop_batch(service_time_, calls, room);
    if (pull.called) {
      if (!follow_orders()) return;
      continue;
    }
    if (pull.requests.empty()) return;
    if (to_remake_) remake();
    start_all(std::move(pull.requests), pull.together);
    look_after();
  }
}

void Replica::look_after() {
  const bool failed = failed_.load(std::memory_order_relaxed);
  if (!failed && latest_ < next_look_) return;
  failed_.store(false, std::memory_order_relaxed);
  next_look_ = latest_ + kLookEvery;
  const Status well = instance_->health();
  if (well.ok() || !pace_.allows(latest_)) return;
  pace_.count(latest_);
  // Not for long: what the old one has out may need this thread.
  if (out_.wait_until_empty(Clock::now() + kPatience) && !instance_->is_waited_for()) {
    return replace(well.error());
  }
  failed_.store(true, std::memory_order_relaxed);
}

void Replica::replace(const Error& ailment) {
  const std::string who = "replica " + std::to_string(seat_.index) + " of '" + seat_.tag + "'";
  auto instance = create_instance();
  if (!instance.ok()) {
    return log_warning("backend", who + " is not well (" + ailment.message() +
                                      ") and cannot be replaced: " + instance.error().message());
  }
  instance_ = std::move(instance).value();
  to_remake_ = false;
  stats_->count_restart();
  log_warning("backend", who + " was not well (" + ailment.message() + ") and was replaced");
}

void Replica::give(ReplicaOrder order) {
  {
    MutexLock lock(mutex_);
    orders_.push_back(std::move(order));
  }
  // It may be waiting for answers, and not for requests.
  out_.call();
}

bool Replica::follow_orders() {
  for (;;) {
    ReplicaOrder order;
    {
      MutexLock lock(mutex_);
      if (orders_.empty()) return true;
      order = std::move(orders_.front());
      orders_.pop_front();
    }
    switch (order.kind) {
      case ReplicaOrder::Kind::kReconfigure:
        reconfigure(std::move(order));
        break;
      case ReplicaOrder::Kind::kRestore:
        restore(order.update);
        break;
      case ReplicaOrder::Kind::kSave:
        order.gather->put(seat_.index, instance_->save_state());
        break;
      case ReplicaOrder::Kind::kLeave:
        return false;
    }
  }
}

void Replica::reconfigure(ReplicaOrder order) {
  Status taken = instance_->reconfigure(order.user_config_json);
  if (taken.ok()) {
    update_ = order.update;
    to_remake_ = false;
    former_user_config_json_ = std::exchange(user_config_json_, std::move(order.user_config_json));
  }
  order.gate->report(std::move(taken));
}

void Replica::restore(std::uint64_t update) {
  if (update_ != update) return;
  update_ = 0;
  user_config_json_ = std::exchange(former_user_config_json_, {});
  if (user_config_json_.empty()) {
    // A handler can be given a configuration but not have it taken away.
    to_remake_ = true;
    return remake();
  }
  const Status restored = instance_->reconfigure(user_config_json_);
  if (!restored.ok()) warn_not_restored(restored.error());
}

void Replica::remake() {
  // Not for long: what the old one has out may need this thread.
  const bool idle = out_.wait_until_empty(Clock::now() + kPatience);
  if (!idle || instance_->is_waited_for()) return;
  to_remake_ = false;
  auto instance = create_instance();
  if (!instance.ok()) return warn_not_restored(instance.error());
  instance_ = std::move(instance).value();
}

void Replica::warn_not_restored(const Error& error) const {
  log_warning("backend", "replica " + std::to_string(seat_.index) + " of '" + seat_.tag +
                             "' did not take back its former user_config: " + error.message());
}

void Replica::run_batch(HandlerInstance& instance, RequestList batch) {
  std::array<Exchange*, kMaxBatchSize> exchanges;
  std::size_t n = 0;
  const TimePoint started = Clock::now();
  for (Exchange* exchange = batch.front(); exchange != nullptr; exchange = exchange->next) {
    exchange->started = started;
    exchange->batch_size = static_cast<std::uint32_t>(batch.size());
    exchanges[n++] = exchange;
  }
  instance.execute({exchanges.data(), n});
  const TimePoint finished = Clock::now();
  learn(finished - started);
  latest_ = finished;
  for (std::size_t i = 0; i < n; ++i) {
    exchanges[i]->finished = finished;
    if (is_faulty(*exchanges[i])) failed_.store(true, std::memory_order_relaxed);
  }
  if (seat_.metrics) stats_->count({exchanges.data(), n});
  complete_all(batch);
}

void Replica::run_each(HandlerInstance& instance, RequestList pulled) {
  RequestList done;
  const TimePoint pulled_at = Clock::now();
  TimePoint started = pulled_at;
  while (!pulled.empty()) {
    PendingRequest request = pulled.pop_front();
    Exchange& exchange = request.exchange();
    // Looked at again: an earlier one of this pull may have taken far longer than they used to.
    if (exchange.abandoned()) {
      std::move(request).fail(Error(ErrorCode::kCancelled, "the client left"));
      continue;
    }
    if (exchange.request.deadline <= started) {
      std::move(request).fail(
          Error(ErrorCode::kDeadlineExceeded, "deadline passed while the request was queued"));
      continue;
    }
    exchange.started = started;
    exchange.batch_size = 1;
    const std::array<Exchange* const, 1> one{&exchange};
    instance.execute(one);
    exchange.finished = Clock::now();
    learn(exchange.finished - started);
    if (seat_.metrics) stats_->count(one);
    if (is_faulty(exchange)) failed_.store(true, std::memory_order_relaxed);
    started = exchange.finished;
    // Answers go back together, so that a burst costs one wake; over the budget, each on its own.
    done.push_back(std::move(request));
    if (started - pulled_at > kPullBudget) complete_all(done);
  }
  latest_ = started;
  complete_all(done);
}

void Replica::start_all(RequestList pulled, bool together) {
  if (together) return start_batch(std::move(pulled));
  while (!pulled.empty()) {
    PendingRequest request = pulled.pop_front();
    // Looked at again: a handler that writes pieces may have taken its time with an earlier one.
    if (request.exchange().abandoned()) {
      std::move(request).fail(Error(ErrorCode::kCancelled, "nobody waits any more"));
      continue;
    }
    RequestList one;
    one.push_back(std::move(request));
    start_batch(std::move(one));
  }
}

void Replica::start_batch(RequestList batch) {
  std::array<Exchange*, kMaxBatchSize> exchanges;
  std::size_t n = 0;
  const TimePoint started = Clock::now();
  const auto size = static_cast<std::uint32_t>(batch.size());
  while (!batch.empty()) {
    // From here on its answer is owed by the handler.
    Exchange& exchange = batch.pop_front().release();
    exchange.next = nullptr;
    exchange.started = started;
    exchange.batch_size = size;
    exchanges[n++] = &exchange;
  }
  latest_ = started;
  out_.enter(size);
  if (seat_.metrics) stats_->count_start(size);
  instance_->start({exchanges.data(), n}, *this);
  MutexLock lock(answered_mutex_);
  service_time_ = answer_time_;
}

void Replica::count(Exchange& exchange) noexcept {
  if (is_faulty(exchange)) failed_.store(true, std::memory_order_relaxed);
  MutexLock lock(answered_mutex_);
  exchange.finished = Clock::now();
  answer_time_ = averaged(answer_time_, exchange.finished - exchange.started);
  if (seat_.metrics) stats_->count_answer(exchange);
}

void Replica::learn(Duration took) {
  service_time_ = averaged(service_time_, took);
}

}  // namespace backplane::host
