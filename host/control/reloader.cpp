#include "host/control/reloader.hpp"

#include <algorithm>
#include <utility>

#include "host/json/json_writer.hpp"

namespace backplane::host {
namespace {

PluginChoice choice_of(const ReloadRequest& request, const PluginVersion& version) {
  if (request.rollback) {
    return {
        .plugin = request.plugin, .from = PluginChoice::From::kKept, .sha256 = version.previous};
  }
  return {.plugin = request.plugin,
          .from = PluginChoice::From::kDirectory,
          .sha256 = request.sha256,
          .unless = request.force ? std::string() : version.sha256,
          .source = request.source};
}

OperationStage stage_named(std::string_view name) {
  if (name == "probing") return OperationStage::kProbing;
  return name == "loading" ? OperationStage::kLoading : OperationStage::kStaging;
}

std::string quoted(std::string_view text) {
  std::string json;
  JsonWriter(json).string(text);
  return json;
}

// What it was at when it failed. What fails once it is loaded is the new version's fault, and not
// that of whoever asked.
Error failure_at(Error error, OperationStage stage) {
  const bool tried = stage == OperationStage::kBuilding || stage == OperationStage::kCanary;
  const bool of_code =
      error.code() == ErrorCode::kInvalidArgument || error.code() == ErrorCode::kDeadlineExceeded;
  if (tried && of_code) error = std::move(error).with_code(ErrorCode::kBadHandlerResponse);
  return std::move(error).with_member("stage", quoted(name_of(stage)));
}

}  // namespace

std::uint64_t Reloader::reload(ReloadRequest request, Done done) {
  Status admitted = admit(request.plugin);
  if (!admitted.ok()) {
    done(std::move(admitted).error());
    return 0;
  }
  std::deque<RunPtr>& queue = queues_[request.plugin];
  // The first one has begun: it may have read what was there before this request.
  for (std::size_t i = 1; i < queue.size(); ++i) {
    if (queue[i]->request != request) continue;
    queue[i]->done.push_back(std::move(done));
    return queue[i]->operation;
  }
  if (queue.size() > kMaxWaiting) {
    done(blocked_by(queue.front()->operation,
                    Error(ErrorCode::kConflict, "reload_in_progress",
                          std::to_string(kMaxWaiting) + " reloads of plugin '" + request.plugin +
                              "' are waiting already")));
    return 0;
  }
  auto run = std::make_shared<Run>();
  run->request = std::move(request);
  run->done.push_back(std::move(done));
  run->operation = controller_.begin_operation(
      run->request.rollback ? "rollback" : "reload", run->request.plugin, OperationStage::kWaiting,
      [this, run] {
        finish(run, Error(ErrorCode::kConflict, "operation_aborted", "the operation was aborted"));
      });
  queue.push_back(run);
  if (queue.size() == 1) start(run);
  return run->operation;
}

std::uint64_t Reloader::promote(const std::string& plugin, std::optional<std::uint64_t> if_revision,
                                Done done) {
  Status admitted = admit(plugin);
  if (admitted.ok() && !is_reloading(plugin)) admitted = nothing_on_trial(plugin);
  if (!admitted.ok()) {
    done(std::move(admitted).error());
    return 0;
  }
  const RunPtr run = queues_.at(plugin).front();
  // First: where nothing has to be made durable it is over when promote() returns.
  run->done.push_back(std::move(done));
  Status promoted = controller_.promote(run->operation, if_revision);
  if (promoted.ok()) return run->operation;
  const Done refused = std::move(run->done.back());
  run->done.pop_back();
  refused(std::move(promoted).error());
  return 0;
}

Status Reloader::admit(const std::string& plugin) const {
  if (controller_.draining()) {
    return Error(ErrorCode::kUnavailable, "shutting_down", "the host is shutting down");
  }
  if (controller_.users_of(plugin).empty()) {
    return Error(ErrorCode::kNotFound, "plugin_not_in_use",
                 "no backend runs code of plugin '" + plugin + "'");
  }
  return {};
}

void Reloader::start(const RunPtr& run) {
  const ReloadRequest& request = run->request;
  // It may have waited for its turn.
  Status admitted = admit(request.plugin);
  if (!admitted.ok()) return finish(run, std::move(admitted).error());
  PluginVersion version;
  const auto known = controller_.versions().find(request.plugin);
  if (known != controller_.versions().end()) version = known->second;
  if (request.rollback && version.previous.empty()) {
    controller_.enter(run->operation, OperationStage::kStaging);
    return finish(run, Error(ErrorCode::kConflict, "nothing_to_roll_back",
                             "plugin '" + request.plugin + "' has had no other version"));
  }
  // A backend that does not serve is a reason to build it again of the same file.
  std::vector<ProbeHandler> handlers;
  for (const std::string& tag : controller_.users_of(request.plugin)) {
    if (controller_.serving(tag) == nullptr) version.sha256.clear();
    handlers.push_back(probe_handler(controller_.desired().backends.at(tag)));
  }
  PluginChoice choice = choice_of(request, version);
  run->unless = choice.unless;
  controller_.opener().open(
      std::move(choice), std::move(handlers),
      [this, run](std::string_view stage) {
        if (!run->over) controller_.enter(run->operation, stage_named(stage));
      },
      [this, run](const Result<OpenedPlugin>& opened) { on_opened(run, opened); });
}

void Reloader::on_opened(const RunPtr& run, const Result<OpenedPlugin>& opened) {
  if (run->over) return;
  if (!opened.ok()) return finish(run, opened.error());
  // Its backends may have been deleted while the file was read.
  Status admitted = admit(run->request.plugin);
  if (!admitted.ok()) return finish(run, std::move(admitted).error());
  for (const std::string& warning : opened.value().warnings) {
    controller_.warn(run->operation, warning);
  }
  if (opened.value().plugin_library == nullptr) {
    return finish(run, ReloadOutcome{.changed = false,
                                     .operation = run->operation,
                                     .revision = controller_.revision(),
                                     .sha256 = run->unless});
  }
  run->source = opened.value().source;
  propose(run, opened.value().plugin_library);
}

void Reloader::propose(const RunPtr& run, const std::shared_ptr<PluginLibrary>& library) {
  const ReloadOutcome loaded{.changed = true,
                             .operation = run->operation,
                             .generation = library->generation(),
                             .sha256 = library->sha256()};
  controller_.propose({.change = [](AppDocument&) { return Status(); },
                       .action = run->request.rollback ? "rollback" : "reload",
                       .object = run->request.plugin,
                       .author = run->request.author,
                       .if_revision = run->request.if_revision,
                       .plugin_library = library,
                       .carry_state = run->request.carry_state,
                       .canary = run->request.canary,
                       .drain_timeout = run->request.drain_timeout,
                       .operation = run->operation},
                      [this, run, loaded](const Result<ChangeOutcome>& outcome) {
                        if (!outcome.ok()) return finish(run, outcome.error());
                        ReloadOutcome done = loaded;
                        done.revision = outcome.value().revision;
                        finish(run, done);
                      });
}

void Reloader::finish(const RunPtr& run, const Result<ReloadOutcome>& outcome) {
  run->over = true;
  const Operation& operation = *controller_.operations().find(run->operation);
  Result<ReloadOutcome> answer = outcome;
  if (outcome.ok()) {
    last_errors_.erase(run->request.plugin);
  } else {
    const OperationStage stage =
        operation.stage == OperationStage::kDone && !operation.stages.empty()
            ? operation.stages.back().stage
            : operation.stage;
    answer = failure_at(outcome.error(), stage)
                 .with_member("serving_generation",
                              std::to_string(serving_generation(run->request.plugin)));
    last_errors_.insert_or_assign(run->request.plugin, answer.error());
  }
  ++counts_[!answer.ok()             ? std::string(answer.error().reason())
            : answer.value().changed ? "done"
                                     : "unchanged"];
  const bool had_chance =
      run->source != FileIdentity{} && (answer.ok() || !may_pass(answer.error()));
  if (had_chance) last_tried_[run->request.plugin] = run->source;
  if (operation.state == OperationState::kRunning) {
    controller_.end_operation(run->operation, answer.ok() ? Status() : Status(answer.error()));
  } else if (!answer.ok()) {
    controller_.explain(run->operation, answer.error());
  }
  std::deque<RunPtr>& queue = queues_[run->request.plugin];
  const bool was_first = !queue.empty() && queue.front() == run;
  std::erase(queue, run);
  for (const Done& done : run->done) done(answer);
  if (was_first && !queue.empty()) start(queue.front());
}

std::uint64_t Reloader::serving_generation(const std::string& plugin) const {
  for (const std::string& tag : controller_.users_of(plugin)) {
    const auto backend = controller_.serving(tag);
    const PluginLibrary* const library = backend == nullptr ? nullptr : backend->library();
    if (library != nullptr) return library->generation();
  }
  return 0;
}

bool Reloader::is_reloading(const std::string& plugin) const {
  const auto queue = queues_.find(plugin);
  return queue != queues_.end() && !queue->second.empty();
}

FileIdentity Reloader::last_tried(const std::string& plugin) const {
  const auto found = last_tried_.find(plugin);
  return found == last_tried_.end() ? FileIdentity{} : found->second;
}

const Error* Reloader::last_error(const std::string& plugin) const {
  const auto found = last_errors_.find(plugin);
  return found == last_errors_.end() ? nullptr : &found->second;
}

bool may_pass(const Error& error) {
  const std::string_view reason = error.reason();
  return reason == "reload_in_progress" || reason == "operation_in_progress" ||
         reason == "state_moved" || reason == "starting" || reason == "source_busy";
}

}  // namespace backplane::host
