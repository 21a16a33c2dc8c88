#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "host/backend/in_flight.hpp"
#include "host/backend/replica_order.hpp"
#include "host/backend/replica_stats.hpp"
#include "host/backend/restart_pace.hpp"
#include "host/backend/start_gate.hpp"
#include "host/base/mutex.hpp"
#include "host/base/thread.hpp"
#include "host/batching/batch_collector.hpp"
#include "host/plugin/answer_sink.hpp"
#include "host/plugin/handler_factory.hpp"

namespace backplane::host {

// What a replica needs of the backend it belongs to; all of it outlives the replica's thread.
struct ReplicaSeat {
  std::uint32_t index = 0;
  std::uint64_t generation = 0;
  const std::string& tag;
  const std::string& init_json;
  std::string user_config_json;     // as it is when the replica is made
  bool is_inline = false;           // run by an io thread
  std::uint32_t max_in_flight = 1;  // where the handler is async
  bool metrics = true;              // fill stats()
  HandlerFactory& factory;
  BatchCollector& collector;
  StartGate& gate;
};

// One thread that makes, runs and destroys one handler instance. Owned by its Backend; everything
// but start(), join(), stats() and run_here() happens on the replica's own thread.
//
// Where a backend executes inline, that thread only makes the instance and then waits for the end;
// one io thread runs it by run_here(), and it goes with the Replica, when no snapshot leads to it
// any more.
//
// Where its handler is async, that thread only starts requests, as many as max_in_flight at a time;
// whoever answers one counts it and gives it back. So it is where answers come in pieces, though a
// handler that is not async has made them all when it returns.
//
// After a failure of its handler, and every second, it asks whether the handler is well, between
// two requests; where it is not, it makes another one in its place, unless what the old one has out
// does not come back in a moment. Until that is made the old one stays. Not where it executes
// inline, on threads that must not make handlers.
class Replica final : private AnswerSink {
 public:
  // `on_exited` is the last thing the thread does.
  // `state`: what its handler begins with, of a replica whose place it takes.
  static Result<std::unique_ptr<Replica>> start(const ReplicaSeat& seat,
                                                std::optional<HandlerState> state,
                                                std::function<void()> on_exited);

  // [any] Blocks until the thread has ended; it ends when the collector is closed and drained, or
  // by order.
  void join() { thread_.join(); }
  // [any] Whether the thread has nothing more to do but to end.
  bool exited() const { return exited_.load(std::memory_order_acquire); }
  // [control] To be followed between two calls of the handler, in the order given; whoever gives
  // one then wakes the replicas by BatchCollector::call_replicas(). Not for inline execution.
  void give(ReplicaOrder order);
  // [control] Where the handler is async; >= 1.
  void set_max_in_flight(std::uint32_t limit) { out_.set_limit(limit); }
  // [control] Once it is ready: whether its handler has anything to hand over.
  bool saves_state() const { return saves_state_.load(std::memory_order_relaxed); }
  const ReplicaStats& stats() const { return *stats_; }
  // [any] Requests that it has taken and not answered yet.
  std::uint32_t in_flight() const {
    return in_flight_.load(std::memory_order_relaxed) + out_.count();
  }
  // [io] Always the same thread, once the replica is ready: runs the handler for each of
  // `requests` and completes them.
  void run_here(RequestList requests) { run_each(*instance_, std::move(requests)); }

 private:
  Replica(const ReplicaSeat& seat, std::optional<HandlerState> state)
      : seat_(seat),
        state_(std::move(state)),
        user_config_json_(seat.user_config_json),
        out_(seat.max_in_flight) {}

  void run();
  // Makes it and gets it ready for its first request.
  Result<std::unique_ptr<HandlerInstance>> create_instance();
  void serve();
  void serve_async();
  // False: leave.
  bool follow_orders();
  void reconfigure(ReplicaOrder order);
  void restore(std::uint64_t update);
  // Puts a new handler in the place of one whose first user_config was given up; before a later
  // request where calls are out.
  void remake();
  void warn_not_restored(const Error& error) const;
  void run_batch(HandlerInstance& instance, RequestList batch);
  void run_each(HandlerInstance& instance, RequestList pulled);
  // As many as take part in one execute(), or one at a time.
  void start_all(RequestList pulled, bool together);
  void start_batch(RequestList batch);
  void learn(Duration took);
  // Between two calls of the handler, of which the last one began or ended at latest_.
  void look_after();
  void replace(const Error& ailment);

  void count(Exchange& exchange) noexcept override;
  void leave() noexcept override { out_.leave(); }

  const ReplicaSeat seat_;
  std::optional<HandlerState> state_;  // until it was given to the handler
  Mutex mutex_;
  std::deque<ReplicaOrder> orders_ BP_GUARDED_BY(mutex_);
  std::atomic<bool> exited_{false};
  std::atomic<bool> saves_state_{false};
  std::atomic<std::uint32_t> in_flight_{0};
  // What the instance was configured with last and before that, and by which update.
  std::string user_config_json_;
  std::string former_user_config_json_;
  std::uint64_t update_ = 0;
  bool to_remake_ = false;
  // Made by the replica's thread before it arrives at the gate, constant from there on.
  std::unique_ptr<HandlerInstance> instance_;
  // Apart, because it is aligned to cache lines.
  const std::unique_ptr<ReplicaStats> stats_ = std::make_unique<ReplicaStats>();
  InFlight out_;  // of an async handler
  // What whoever answers for an async handler writes.
  Mutex answered_mutex_;
  Duration answer_time_ BP_GUARDED_BY(answered_mutex_){};
  std::atomic<bool> failed_{false};  // the handler has, since it was asked how it is
  TimePoint latest_{};
  TimePoint next_look_{};
  RestartPace pace_;
  // What one call of the handler has taken lately (exponential average over about eight calls).
  Duration service_time_{};
  // Last: the thread uses everything above.
  Thread thread_;
};

}  // namespace backplane::host
