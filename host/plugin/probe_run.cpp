#include "host/plugin/probe_run.hpp"

#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <system_error>
#include <utility>

#include "host/base/thread.hpp"
#include "host/plugin/file_descriptor.hpp"
#include "host/plugin/left_threads.hpp"
#include "host/plugin/loaded_handler.hpp"
#include "host/plugin/preflight.hpp"

namespace backplane::host {
ProbeRun::ProbeRun(const ProbeRequest& request, Enter enter, Ask ask)
    : request_(request),
      enter_(std::move(enter)),
      ask_(std::move(ask)),
      process_(ProcessState::now()),
      thread_(ThreadState::now()),
      threads_(count_threads()) {}

Result<ProbeReport> ProbeRun::run() {
  Status tried = load();
  if (tried.ok()) tried = try_handlers();
  if (!tried.ok()) return std::move(tried).error();

  enter_(ProbeStage::kDeinit, {});
  code_.reset();
  tasks_.stop(kNever);
  library_->deinitialize();
  Status left_alone = untouched(thread_);
  if (!left_alone.ok()) return std::move(left_alone).error();
  ProbeReport report;
  for (const DeclaredHandler& handler : shaken_.handlers) {
    report.handlers.push_back(handler.description);
  }
  if (threads_are_left(threads_)) {
    // Unmapped, their next instruction would be their last.
    report.warnings = {std::string(kWillPin), std::string(kLeavesThreads)};
    return report;
  }
  enter_(ProbeStage::kUnload, {});
  if (!library_->unload()) report.warnings.emplace_back(kWillPin);
  left_alone = untouched(thread_);
  if (!left_alone.ok()) return std::move(left_alone).error();
  return report;
}

Status ProbeRun::load() {
  enter_(ProbeStage::kLoad, {});
  const FileDescriptor file(open(request_.path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!file.valid()) {
    return Error(ErrorCode::kInvalidArgument, "plugin_not_found",
                 "cannot be opened: " + std::generic_category().message(errno));
  }
  auto judged = preflight(file.get(), PreflightPolicy());
  if (!judged.ok()) return std::move(judged).error();
  auto library = DynamicLibrary::load(request_.path, request_.plugin);
  if (!library.ok()) return std::move(library).error();
  library_.emplace(std::move(library).value());
  Status left_alone = untouched(thread_);
  if (!left_alone.ok()) return left_alone;

  enter_(ProbeStage::kHandshake, {});
  auto shaken = library_->greet(judged.value().note);
  if (!shaken.ok()) return std::move(shaken).error();
  shaken_ = std::move(shaken).value();

  enter_(ProbeStage::kInit, {});
  Status ready = library_->initialize(shaken_);
  library_->bridge().allow_tasks(tasks_, code_);
  return ready.ok() ? untouched(thread_) : ready;
}

Status ProbeRun::try_handlers() {
  if (request_.handlers.empty()) return {};
  Status tried;
  auto replica = Thread::start("bp-rep-probe", ThreadRole::kReplica, [&] {
    for (const ProbeHandler& handler : request_.handlers) {
      tried = try_handler(handler);
      if (!tried.ok()) return;
    }
  });
  if (!replica.ok()) return std::move(replica).error();
  replica.value().join();
  return tried;
}

Status ProbeRun::try_handler(const ProbeHandler& handler) {
  const ThreadState before = ThreadState::now();
  enter_(ProbeStage::kCreate, handler.backend);
  const auto found = find_handler(shaken_.handlers, request_.plugin, handler.handler);
  if (!found.ok()) return found.error();
  Status well = make(handler, found.value());
  if (well.ok()) well = untouched(before);
  if (!well.ok()) return well;

  enter_(ProbeStage::kHealth, handler.backend);
  well = instance_->health();
  if (well.ok()) well = untouched(before);
  if (!well.ok()) return well;

  if (ask_) {
    enter_(ProbeStage::kRequests, handler.backend);
    well = ask_(*instance_, found.value().description, library_->bridge().counts());
    if (well.ok()) well = untouched(before);
    if (!well.ok()) return well;
  }

  enter_(ProbeStage::kDestroy, handler.backend);
  instance_.reset();
  return untouched(before);
}

Status ProbeRun::make(const ProbeHandler& handler, const DeclaredHandler& declared) {
  const HandlerDescription& description = declared.description;
  auto instance = LoadedHandler::create(
      {.handler = declared.table,
       .bridge = &library_->bridge(),
       .keep_loaded = nullptr,  // it is: by whoever waits for this thread
       // Whoever tries it out wants to know what it threw.
       .identity = {.name = description.name,
                    .batch = description.max_batch > 1,
                    .debug_errors = ask_ != nullptr}},
      {.backend = handler.backend, .init_json = handler.init_json, .index = 0, .generation = 1});
  if (!instance.ok()) return std::move(instance).error();
  instance_ = std::move(instance).value();
  Status well;
  if (!handler.user_config_json.empty()) {
    well = instance_->reconfigure(handler.user_config_json);
  }
  return well.ok() ? instance_->warm_up() : well;
}

Status ProbeRun::untouched(const ThreadState& before) const {
  std::string list;
  for (const auto& some :
       {changes(process_, ProcessState::now()), changes(before, ThreadState::now())}) {
    for (const std::string& one : some) list += (list.empty() ? "" : ", ") + one;
  }
  if (list.empty()) return {};
  return Error(ErrorCode::kInvalidArgument, "plugin_env_tampering",
               "it changed the process that it is in: " + list);
}

}  // namespace backplane::host
