#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "host/backend/replica_stats.hpp"
#include "host/backend/start_gate.hpp"
#include "host/base/thread.hpp"
#include "host/batching/batch_collector.hpp"
#include "host/plugin/handler_factory.hpp"

namespace backplane::host {

// What a replica needs of the backend it belongs to; all of it outlives the replica's thread.
struct ReplicaSeat {
  std::uint32_t index = 0;
  std::uint64_t generation = 0;
  const std::string& tag;
  const std::string& init_json;
  const std::string& user_config_json;
  bool batched = false;    // max_batch_size > 1
  bool is_inline = false;  // run by an io thread
  bool metrics = true;     // fill stats()
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
class Replica {
 public:
  // `on_exited` is the last thing the thread does.
  static Result<std::unique_ptr<Replica>> start(const ReplicaSeat& seat,
                                                std::function<void()> on_exited);

  // [any] Blocks until the thread has ended; it ends when the collector is closed and drained.
  void join() { thread_.join(); }
  const ReplicaStats& stats() const { return *stats_; }
  // [io] Always the same thread, once the replica is ready: runs the handler for each of
  // `requests` and completes them.
  void run_here(RequestList requests) { run_each(*instance_, std::move(requests)); }

 private:
  explicit Replica(const ReplicaSeat& seat) : seat_(seat) {}

  void run();
  Result<std::unique_ptr<HandlerInstance>> create_instance() const;
  void serve(HandlerInstance& instance);
  void run_batch(HandlerInstance& instance, RequestList batch);
  void run_each(HandlerInstance& instance, RequestList pulled);
  void learn(Duration took);

  const ReplicaSeat seat_;
  // Made by the replica's thread before it arrives at the gate, constant from there on.
  std::unique_ptr<HandlerInstance> instance_;
  // Apart, because it is aligned to cache lines.
  const std::unique_ptr<ReplicaStats> stats_ = std::make_unique<ReplicaStats>();
  // What one call of the handler has taken lately (exponential average over about eight calls).
  Duration service_time_{};
  // Last: the thread uses everything above.
  Thread thread_;
};

}  // namespace backplane::host
