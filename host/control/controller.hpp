#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>

#include "host/backend/backend.hpp"
#include "host/config/app_document.hpp"
#include "host/control/backend_builder.hpp"
#include "host/control/changes.hpp"
#include "host/control/snapshot_builder.hpp"
#include "host/control/task_thread.hpp"
#include "host/routing/routing_table.hpp"

namespace backplane::host {

// What a Controller works with; all of it outlives the controller.
struct ControllerSetup {
  TaskThread& control;
  TaskThread& loader;
  PluginStore& store;
  RoutingTable& table;
  std::chrono::milliseconds init_timeout{30'000};
  std::uint32_t routing_threads = 1;  // each with a number of its own from 0
  bool metrics = true;                // replicas count what they do
};

// What a committed change came to.
struct ChangeOutcome {
  std::uint64_t revision = 0;
  bool changed = false;  // false: the state was as asked for already
};

// The control plane: the desired state, the backends that serve it, and the only writer of the
// routing table. It has no lock because everything runs on the control thread, as tasks that never
// wait. Owned by Host.
class Controller {
 public:
  using Done = std::function<void(Result<ChangeOutcome>)>;

  explicit Controller(const ControllerSetup& setup);

  // [any] Runs `task` on the control thread; everything below must be called from one.
  void post(TaskThread::Task task) { setup_.control.post(std::move(task)); }

  // [control] Builds aside what `change` needs, commits it as one revision, publishes, and drains
  // what is no longer wanted; then calls `done` (on control). On an error nothing has changed.
  // `tolerant`: a backend that cannot be built is committed all the same, and its share is
  // answered 503.
  void propose(const Change& change, bool tolerant, Done done);

  // [control] Tries again to build a backend of the desired state that could not be built.
  void rebuild(const std::string& tag, Done done);

  // [control] No more changes: each proposal is refused with kUnavailable "shutting_down"; and
  // GET /-/healthz of the data listener fails.
  void begin_drain();
  // [control] Closes every backend, and answers what is queued with `error`.
  void close_backends(const Error& error);
  // [control] Lets go of every backend, so that the loader can destroy them.
  void release_backends();
  // [control] Calls `then` once, as soon as every replica's thread has ended.
  void when_all_stopped(std::function<void()> then) { builder_.when_none_alive(std::move(then)); }

  // Readings, [control].
  const AppDocument& desired() const { return desired_; }
  std::uint64_t revision() const { return revision_; }
  bool draining() const { return draining_; }
  // Null for a backend that could not be built; failure() says why.
  std::shared_ptr<Backend> serving(const std::string& tag) const;
  const Error* failure(const std::string& tag) const;
  // What the endpoint of this name has counted; null when there is none.
  const EndpointCounts* counts(const std::string& endpoint) const {
    return snapshots_.counts(endpoint);
  }
  // Every backend whose threads run: those that serve, are being made, or finish their queues.
  std::vector<std::shared_ptr<const Backend>> live_backends() const;
  // Replaced or deleted backends whose replicas still finish their queues: "tag@generation".
  std::vector<std::string> draining_backends() const;
  // Why the host is not ready; empty when it is.
  std::vector<std::string> unready_causes() const;

 private:
  // A change on its way: what it asked for, and what has been built for it so far.
  struct Proposal {
    Change change;
    bool tolerant = false;
    Done done;
    std::size_t waiting = 0;
    std::map<std::string, std::shared_ptr<Backend>> built;
    std::map<std::string, Error> failed;
  };

  void on_built(const std::shared_ptr<Proposal>& proposal, const std::string& tag,
                Result<std::shared_ptr<Backend>> backend);
  void conclude(const std::shared_ptr<Proposal>& proposal);
  void commit(AppDocument next, Proposal& proposal);
  static void discard(Proposal& proposal);

  const ControllerSetup setup_;
  BackendBuilder builder_;
  SnapshotBuilder snapshots_;
  AppDocument desired_;
  std::uint64_t revision_ = 0;
  ServingBackends serving_;
  std::map<std::string, Error> failures_;
  std::map<std::string, BackendSpec> building_;  // tags that some proposal is building
  bool draining_ = false;
};

}  // namespace backplane::host
