#include "host/plugin/reload_trial.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <span>
#include <system_error>
#include <utility>

#include "host/base/clock.hpp"
#include "host/base/thread.hpp"
#include "host/plugin/file_descriptor.hpp"
#include "host/plugin/left_threads.hpp"
#include "host/plugin/loaded_handler.hpp"
#include "host/plugin/preflight.hpp"
#include "host/plugin/preflight_code.hpp"
#include "host/plugin/probe_report.hpp"

namespace backplane::host {
namespace {

// A handler that takes longer to answer is not asked again: a thousand times would be long.
constexpr std::chrono::milliseconds kQuickAnswer{5};

Error does_not_go(std::string_view why, const char* words) {
  return {ErrorCode::kInvalidArgument, std::string(why), words};
}

}  // namespace

std::uint32_t settled_after(std::uint32_t reloads) {
  constexpr std::uint32_t kUsual = 100;
  return std::min(kUsual, reloads / 2);
}

ReloadTrial::ReloadTrial(const ProbeRequest& request, At at, Mark mark)
    : request_(request), at_(std::move(at)), mark_(std::move(mark)) {}

Status ReloadTrial::run() {
  auto collector = AnswerCollector::start();
  if (!collector.ok()) return std::move(collector).error();
  collector_ = std::move(collector).value();
  threads_ = count_threads();
  const std::uint32_t reloads = request_.trial->reloads;
  const std::uint32_t settled = settled_after(reloads);
  const std::uint32_t step = std::max(1U, reloads / 10);
  for (std::uint32_t done = 1; done <= reloads; ++done) {
    Status reloaded = reload(done);
    if (!reloaded.ok()) return reloaded;
    // Once for nothing: what measuring takes of the heap, it keeps.
    if (done == settled) static_cast<void>(ProcessSize::now());
    if (done == settled || (done > settled && done % step == 0 && done < reloads)) {
      mark_({.reloads = done, .size = ProcessSize::now()});
    }
  }
  // With as many loaded as at the marks before.
  mark_({.reloads = reloads, .size = ProcessSize::now()});
  Status closed = close(last_);
  if (closed.ok()) collector_.reset();
  return closed;
}

Status ReloadTrial::reload(std::uint32_t number) {
  number_ = number;
  Status well = load(number % 2 == 1 ? request_.path : request_.trial->other_copy);
  if (well.ok()) well = use();
  if (well.ok()) well = close(last_);
  if (!well.ok()) return well;
  last_.emplace(*std::move(next_));
  next_.reset();
  return {};
}

Status ReloadTrial::load(const std::string& path) {
  enter(ProbeStage::kLoad);
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!file.valid()) {
    return Error(ErrorCode::kInvalidArgument, "plugin_not_found",
                 "cannot be opened: " + std::generic_category().message(errno));
  }
  auto judged = preflight(file.get(), PreflightPolicy());
  if (!judged.ok()) return std::move(judged).error();
  auto library = DynamicLibrary::load(path, request_.plugin);
  if (!library.ok()) return std::move(library).error();
  next_.emplace(Loaded{.object = std::move(library).value(), .shaken = {}});
  enter(ProbeStage::kHandshake);
  auto shaken = next_->object.greet(judged.value().note);
  if (!shaken.ok()) return std::move(shaken).error();
  next_->shaken = std::move(shaken).value();
  enter(ProbeStage::kInit);
  Status initialized = next_->object.initialize(next_->shaken);
  if (initialized.ok()) next_->object.bridge().allow_tasks(*next_->tasks, next_->code);
  return initialized;
}

Status ReloadTrial::use() {
  Status used;
  auto replica = Thread::start("bp-rep-trial", ThreadRole::kReplica, [&] {
    for (const ProbeHandler& handler : request_.handlers) {
      used = use(handler);
      if (!used.ok()) return;
    }
  });
  if (!replica.ok()) return std::move(replica).error();
  replica.value().join();
  // Ends its threads, too, which would be taken for the plugin's.
  next_->tasks->stop(kNever);
  return used;
}

Status ReloadTrial::use(const ProbeHandler& handler) {
  enter(ProbeStage::kCreate);
  const auto found = find_handler(next_->shaken.handlers, request_.plugin, handler.handler);
  if (!found.ok()) return found.error();
  const HandlerDescription& description = found.value().description;
  auto instance = LoadedHandler::create(
      {.handler = found.value().table,
       .bridge = &next_->object.bridge(),
       .keep_loaded = nullptr,  // it is: by whoever waits for this thread
       .identity = {.name = description.name, .batch = description.max_batch > 1}},
      {.backend = handler.backend,
       .init_json = handler.init_json,
       .index = 0,
       .generation = number_});
  if (!instance.ok()) return std::move(instance).error();
  instance_ = std::move(instance).value();
  Status well;
  if (!handler.user_config_json.empty()) well = instance_->reconfigure(handler.user_config_json);
  if (well.ok()) well = instance_->warm_up();
  if (!well.ok()) return well;
  if (asks_ && !request_.trial->samples.empty()) {
    enter(ProbeStage::kRequests);
    const TimePoint began = Clock::now();
    const std::span<const std::string> one(request_.trial->samples.data(), 1);
    const auto answers = collector_->ask(*instance_, description, one, request_.trial->patience);
    if (!answers.front().answered) {
      return Error(ErrorCode::kInvalidArgument, "plugin_probe_failed", "an answer did not come");
    }
    asks_ = Clock::now() - began < kQuickAnswer;
  }
  enter(ProbeStage::kDestroy);
  instance_.reset();
  return {};
}

Status ReloadTrial::close(std::optional<Loaded>& loaded) {
  if (!loaded) return {};
  enter(ProbeStage::kDeinit);
  loaded->object.deinitialize();
  if (threads_are_left(threads_)) {
    return does_not_go(kLeavesThreads, "threads of it run on after its deinit");
  }
  enter(ProbeStage::kUnload);
  if (!loaded->object.unload()) return does_not_go(kWillPin, "it stays in memory");
  loaded.reset();
  return {};
}

}  // namespace backplane::host
