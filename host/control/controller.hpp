#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "host/backend/backend.hpp"
#include "host/config/app_document.hpp"
#include "host/control/backend_builder.hpp"
#include "host/control/change_request.hpp"
#include "host/control/control_event.hpp"
#include "host/control/operation_list.hpp"
#include "host/control/plan.hpp"
#include "host/control/plugin_opener.hpp"
#include "host/control/revision_log.hpp"
#include "host/control/snapshot_builder.hpp"
#include "host/control/task_thread.hpp"
#include "host/routing/routing_table.hpp"

namespace backplane::host {

// What a Controller works with; all of it outlives the controller.
struct ControllerSetup {
  TaskThread& control;
  TaskThread& loader;
  TaskThread& state;  // waits for the disk
  PluginStore& store;
  ProbeRunner* probe = nullptr;  // tries plugins before they are loaded; null: they are not tried
  RevisionLog& log;              // its calls belong to `state`
  RoutingTable& table;
  std::chrono::milliseconds init_timeout{30'000};
  std::chrono::milliseconds drain_timeout{30'000};  // of a backend that is replaced or deleted
  std::uint32_t routing_threads = 1;                // each with a number of its own from 0
  bool metrics = true;                              // replicas count what they do
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
  // [any] The same at a later moment.
  TaskThread::Timer post_at(TimePoint when, TaskThread::Task task) {
    return setup_.control.post_at(when, std::move(task));
  }
  // [any] TaskThread::cancel() of that.
  void cancel(const TaskThread::Timer& timer) { setup_.control.cancel(timer); }

  // [control] Builds aside what the change needs, makes it durable as one revision, publishes, and
  // drains what is no longer wanted; then calls `done` (on control, perhaps before this returns).
  // On an error nothing has changed. Answers the operation to watch it by, 0 when it is over at
  // once. kConflict "operation_in_progress" (see blocked_by), "state_moved"; kUnavailable
  // "starting", "shutting_down", "store_failed"; kStorageFull "store_full"; and what the change and
  // the backends say.
  std::uint64_t propose(ChangeRequest request, Done done);

  // [control] An operation for whoever has something to prepare before it proposes with it. It
  // calls `abort` when somebody ends it before that. Answers its id.
  std::uint64_t begin_operation(std::string action, std::string object, OperationStage stage,
                                std::function<void()> abort);
  // [control] Goes on to `stage`.
  void enter(std::uint64_t operation, OperationStage stage);
  // [control] Something to say about an operation that runs.
  void warn(std::uint64_t operation, std::string warning);
  // [control] Ends an operation of begin_operation() that has not been proposed with.
  void end_operation(std::uint64_t operation, const Status& outcome);

  // [control] Why an operation that was proposed with has failed, in the words of who proposed it.
  void explain(std::uint64_t operation, Error error);
  // [control] Ends an operation before it is committed; its proposal fails with kConflict
  // "operation_aborted". kNotFound "unknown_operation", kConflict "operation_finished" (over, or
  // too far on).
  Status abort(std::uint64_t operation);

  // [control] Has what `operation` has on trial take over now, whatever it has shown; what comes of
  // that its proposal hears. kConflict "nothing_on_trial"; and where a revision is named, kStale,
  // or kConflict "operation_in_progress" while another one is being made.
  Status promote(std::uint64_t operation, std::optional<std::uint64_t> if_revision);

  // [control] Tells `watcher` of everything that changes; it outlives the controller, or is
  // replaced.
  void watch(ControlWatcher watcher) { watcher_ = std::move(watcher); }

  // [control] From now on changes are accepted, and the host is ready when its backends are.
  void finish_start() { starting_ = false; }
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
  const PluginVersions& versions() const { return versions_; }
  std::uint64_t revision() const { return revision_; }
  bool draining() const { return draining_; }
  const OperationList& operations() const { return operations_; }
  PluginOpener& opener() { return opener_; }
  // Backends that a plugin's code runs, or should.
  std::vector<std::string> users_of(const std::string& plugin) const;
  // [control] Whether a change of backend `tag` is under way.
  bool is_changing(const std::string& tag) const { return busy_.count(tag) > 0; }
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
  // Of those, the ones that have had longer than the drain timeout: a handler does not return.
  std::vector<std::string> overdue_backends(TimePoint now) const;
  // What is on trial now, by tag.
  const CanaryBackends& canaries() const { return canaries_; }
  // Why the host is not ready; empty when it is.
  std::vector<std::string> unready_causes() const;

 private:
  // Of a backend that has been closed. A plain value.
  struct Drain {
    TimePoint overdue_at;
    bool recalled = false;  // its handlers have been told to come to an end
  };

  // A change on its way: what it asked for, and what has been prepared for it so far.
  struct Proposal {
    ChangeRequest request;
    Done done;
    std::uint64_t operation = 0;
    std::set<std::string> tags;                     // backends to build or update
    std::set<std::string> outstanding;              // of those, the ones that are not ready
    std::map<std::string, std::uint64_t> building;  // of those, the builder's numbers
    std::map<std::string, std::shared_ptr<Backend>> built;
    std::map<std::string, std::shared_ptr<Backend>> updating;  // ready, unless outstanding
    std::map<std::string, BackendConfig> configs;              // what those are prepared for
    std::map<std::string, Error> failed;
    TimePoint on_trial_since;
    bool promoted = false;  // its trial is over, and went well or was cut short
    bool over = false;      // what still arrives is thrown away
  };
  using ProposalPtr = std::shared_ptr<Proposal>;

  // Of the first backend that another operation is changing, if there is one.
  std::optional<Error> find_busy(const Plan& steps) const;
  Status admit(const ChangeRequest& request) const;
  // kStale where another revision than the present one is wanted.
  Status check_fresh(const std::optional<std::uint64_t>& wanted) const;
  // What a dry run can say of the backends in `steps`: whether they fit handlers whose code is
  // loaded. What is not, it does not load.
  Status check_fits(const ChangeRequest& request, const Plan& steps, const AppDocument& next) const;
  // `error` of a backend, with its place in what was asked for.
  static Error told_of(const ChangeRequest& request, const std::string& tag, const Error& error);
  void start_steps(const ProposalPtr& proposal, const Plan& steps, const AppDocument& next);
  void build(const ProposalPtr& proposal, const BackendSpec& spec);
  void on_built(const ProposalPtr& proposal, const std::string& tag,
                Result<std::shared_ptr<Backend>> backend);
  void on_prepared(const ProposalPtr& proposal, const std::string& tag, const Status& ready);
  void on_step_done(const ProposalPtr& proposal, const std::string& tag);
  void on_prepared_all(const ProposalPtr& proposal);
  void commit_next();
  // What the state will be; it may have moved on while the proposal was prepared.
  Result<DesiredState> next_state(const Proposal& proposal) const;
  PluginVersions next_versions(const Proposal& proposal, const AppDocument& next) const;
  // Backends that the proposal has to build, for the first time or anew, because a plugin has
  // another version or another user by now.
  std::vector<std::string> outdated(const Proposal& proposal) const;
  bool is_outdated(const Proposal& proposal, const Backend& built) const;
  void build_again(const ProposalPtr& proposal, const std::vector<std::string>& tags);
  void store(const ProposalPtr& proposal, DesiredState next);
  void on_stored(const ProposalPtr& proposal, DesiredState next, const Status& stored);
  void land(const ProposalPtr& proposal, DesiredState next);
  Plan steps_of(const ChangeRequest& request, const AppDocument& next) const;
  std::vector<std::shared_ptr<Backend>> replace_backends(const Plan& steps, Proposal& proposal);
  void close(const std::shared_ptr<Backend>& backend, std::chrono::milliseconds drain_timeout);
  void look_after_drains();
  void look_after_drains_at(TimePoint when);
  void start_trial(const ProposalPtr& proposal);
  void watch_trial(const ProposalPtr& proposal);
  void take_over(const ProposalPtr& proposal);
  void end_trials(const Error& error);
  CanaryRecord trial_record(const Proposal& proposal, TimePoint now) const;
  void tidy_versions();
  void fail(const ProposalPtr& proposal, const Error& error, OperationState state);
  void end(Proposal& proposal, OperationState state);
  void publish();
  void tell(const ControlEvent& event) const {
    if (watcher_) watcher_(event);
  }
  std::set<std::string> down() const;

  const ControllerSetup setup_;
  PluginOpener opener_;
  BackendBuilder builder_;
  SnapshotBuilder snapshots_;
  AppDocument desired_;
  PluginVersions versions_;
  std::uint64_t revision_ = 0;
  ServingBackends serving_;
  CanaryBackends canaries_;
  std::map<std::string, Drain> drains_;  // by label: of backends that drain, or have
  TaskThread::Timer next_drain_look_{.when = kNever};
  std::map<std::string, Error> failures_;
  std::map<std::string, std::uint64_t> busy_;  // the operation that builds or updates a tag
  OperationList operations_;
  std::map<std::uint64_t, ProposalPtr> proposals_;         // by operation, until they are over
  std::map<std::uint64_t, std::function<void()>> aborts_;  // of operations not proposed with yet
  std::deque<ProposalPtr> prepared_;  // in the order in which they will be committed
  ControlWatcher watcher_;
  std::uint64_t committing_ = 0;  // the operation that is being made durable; 0: none
  bool starting_ = true;
  bool draining_ = false;
};

}  // namespace backplane::host
