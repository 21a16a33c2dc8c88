#include "host/backend/replica.hpp"

#include <array>
#include <utility>
#include <vector>

#include "host/batching/batch_policy.hpp"

namespace backplane::host {
namespace {

void complete_all(RequestList& done) {
  while (!done.empty()) done.pop_front().complete();
}

}  // namespace

Result<std::unique_ptr<Replica>> Replica::start(const ReplicaSeat& seat,
                                                std::function<void()> on_exited) {
  std::unique_ptr<Replica> replica(new Replica(seat));
  auto thread =
      Thread::start("bp-rep-" + seat.tag + "-" + std::to_string(seat.index), ThreadRole::kReplica,
                    [self = replica.get(), on_exited = std::move(on_exited)] {
                      self->run();
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
  if (!seat_.gate.arrive(Status())) {
    instance_.reset();
    return;
  }
  if (seat_.is_inline) {
    // Nothing is ever queued: this returns when the backend is closed.
    seat_.collector.pop_batch(Duration::zero());
    return;
  }
  serve(*instance_);
  // On the thread that made it.
  instance_.reset();
}

Result<std::unique_ptr<HandlerInstance>> Replica::create_instance() const {
  auto instance = seat_.factory.create({.backend = seat_.tag,
                                        .init_json = seat_.init_json,
                                        .index = seat_.index,
                                        .generation = seat_.generation});
  if (!instance.ok()) return instance;
  if (!seat_.user_config_json.empty()) {
    Status configured = instance.value()->reconfigure(seat_.user_config_json);
    if (!configured.ok()) return std::move(configured).error();
  }
  return instance;
}

void Replica::serve(HandlerInstance& instance) {
  for (;;) {
    RequestList batch = seat_.collector.pop_batch(service_time_);
    if (batch.empty()) return;
    if (seat_.batched) {
      run_batch(instance, std::move(batch));
    } else {
      run_each(instance, std::move(batch));
    }
  }
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
  for (std::size_t i = 0; i < n; ++i) exchanges[i]->finished = finished;
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
    started = exchange.finished;
    // Answers go back together, so that a burst costs one wake; over the budget, each on its own.
    done.push_back(std::move(request));
    if (started - pulled_at > kPullBudget) complete_all(done);
  }
  complete_all(done);
}

void Replica::learn(Duration took) {
  service_time_ =
      service_time_ == Duration::zero() ? took : service_time_ + (took - service_time_) / 8;
}

}  // namespace backplane::host
