#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/backend/replica.hpp"
#include "host/backend/start_gate.hpp"
#include "host/backend/state_gather.hpp"
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
  std::size_t leaving = 0;  // replicas that finish what they run, then end
  std::size_t queued = 0;
  std::size_t in_flight = 0;  // taken by replicas and not answered; 0 where execution is inline
};

// What a backend is beside what its spec asks for.
struct BackendOptions {
  std::uint64_t generation = 0;
  bool metrics = true;           // its replicas count what they do
  std::uint32_t submitters = 1;  // threads that submit; each has a replica where it runs inline
  HandlerStates states{};        // what its first replicas begin with, by their index
};

// A backend's word to whoever started it, on a replica's thread (or within start(), when a thread
// cannot be had).
struct BackendEvents {
  // Once: every replica is ready (ok), or none will serve (the first error).
  std::function<void(Status)> on_started;
  // A replica has ended and others have not: collect() can let go of it.
  std::function<void()> on_replica_ended;
  // Once: no replica runs any more; what is left is to let go of the backend.
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
  static std::shared_ptr<Backend> start(BackendSpec spec, BackendOptions options,
                                        std::shared_ptr<HandlerFactory> factory,
                                        BackendEvents events, const Disposer& dispose);
  // Joins. Only when closed and stopped is this short.
  ~Backend() override;

  Status submit(RequestList& burst, std::size_t thread) override;
  std::size_t queued() const override { return collector_.depth(); }
  std::chrono::milliseconds drain_estimate() const override;
  bool is_recalled() const override { return recalled_.load(std::memory_order_relaxed); }
  // Inline: for those who share one number, the one that is theirs.
  std::size_t slots() const override { return slots_.load(std::memory_order_relaxed); }
  bool runs_inline() const override { return inline_; }

  // [control] Gives up on replicas that are still being made, at the start or for a change; a no-op
  // when there are none.
  void abandon_start(const Error& error);
  // [control] Which start or change that is: tells whether it is still the same one.
  std::uint64_t making() const { return updates_; }
  // [control] Refuses new requests; the replicas finish what is queued, then end.
  void close();
  // [control] After close(): what its handlers still have should come to an end. Whoever waits for
  // the answers shows it to them, so it takes a moment.
  void recall() { recalled_.store(true, std::memory_order_relaxed); }
  // [control] As close(), but what is queued is answered with `error` at once.
  void close_now(const Error& error);

  // A change of configuration, in two steps, so that it can be made durable between them. One at a
  // time, and only one that can_take() allows.
  //
  // Whether `next` can be taken by the replicas that run. Pure.
  static bool can_take(const BackendSpec& running, const BackendSpec& next);
  // [control] Makes the replicas that `next` has more and holds them back; lets those that stay
  // take its user_config, each between two calls of its handler. `ready` is called once, on any
  // thread or before this returns: ok, or why not; then give_up() is what is left to do.
  void prepare(const BackendConfig& next, std::function<void(Status)> ready);
  // [control] Once ready: serves as prepared from here on. Replicas that are too many finish what
  // they run, take nothing more, and end. A no-op once given up, or closed.
  void adopt();
  // [control] Goes back to how it was; a no-op when nothing is prepared.
  void give_up();

  // [control] Asks the replicas for what they hand over, each between two calls of its handler.
  // `done` is called once, on any thread or before this returns: the states by index, or the first
  // error. Empty where no handler saves anything, and where execution is inline, since io threads
  // take no orders. One at a time.
  void save_states(StateGather::Done done);
  // [control] Gives up on it; a no-op when it has ended.
  void abandon_save(const Error& error);

  // [control] Lets go of replicas that have left.
  void collect();

  // [control] As it was asked for, with the configuration adopted last.
  const BackendSpec& spec() const { return spec_; }
  std::uint64_t generation() const { return options_.generation; }
  const HandlerDescription& handler() const { return factory_->description(); }
  // Where its handler's code is; null when that is not in this process.
  const PluginLibrary* library() const { return factory_->library(); }
  // [control] The counts of its replicas, all zero without BackendOptions::metrics.
  BackendStats stats() const;
  // [control] Those that serve.
  std::size_t num_replicas() const { return replicas_.size(); }

 private:
  // A configuration on its way in.
  struct Update {
    std::uint64_t number = 0;
    BackendConfig config;
    std::size_t stay = 0;  // replicas that run already and will go on
    bool reconfigures = false;
  };

  Backend(BackendSpec spec, BackendOptions options, std::shared_ptr<HandlerFactory> factory,
          BackendEvents events);

  std::uint32_t wanted_replicas() const;
  std::size_t slots_of(const BackendConfig& config) const;
  void start_replicas(std::uint32_t wanted, const std::string& user_config_json, StartGate& gate);
  void send_away(std::size_t from);
  void on_replica_exited(std::uint32_t replicas = 1);

  // All but the configuration is constant; other threads look at no more than that.
  BackendSpec spec_;
  const bool inline_;
  BackendOptions options_;  // constant but for the states, which the replicas take
  const std::shared_ptr<HandlerFactory> factory_;
  const std::function<void()> on_replica_ended_;
  const std::function<void()> on_stopped_;
  std::atomic<bool> closed_{false};  // for inline execution, which has no queue that says so
  std::atomic<bool> recalled_{false};
  std::atomic<std::uint32_t> running_;
  std::atomic<std::size_t> slots_;
  BatchCollector collector_;
  // The last one is that of the latest start or update; earlier ones stay until they are passed.
  std::list<StartGate> gates_;
  // As gates_.
  std::list<StateGather> gathers_;
  std::optional<Update> update_;
  std::uint64_t updates_ = 0;
  ReplicaSummary gone_;  // counts of replicas that have been let go
  std::vector<std::unique_ptr<Replica>> leaving_;
  // Touched by control alone, and read by io threads where execution is inline: there it is
  // constant after start(). Last: the replicas' threads use everything above.
  std::vector<std::unique_ptr<Replica>> replicas_;
};

}  // namespace backplane::host
