#include "host/plugin/plugin_library.hpp"

#include <utility>

#include "host/base/log.hpp"
#include "host/plugin/dynamic_library.hpp"
#include "host/plugin/loaded_handler_factory.hpp"

namespace backplane::host {
namespace {

// The library behind a PluginLibrary, with the file that it is mapped from.
class StagedLibrary final : public LoadedLibrary {
 public:
  StagedLibrary(StagedFile staged, std::uint64_t generation, DynamicLibrary library,
                Unmapping unmapping)
      : staged_(std::move(staged)),
        generation_(generation),
        unmapping_(unmapping),
        library_(std::move(library)) {}
  ~StagedLibrary() override { close_once(); }

  UnloadReport close() override { return close_once(); }

  DynamicLibrary& library() { return library_; }

 private:
  UnloadReport close_once() {
    if (!library_.is_loaded()) return report_;
    report_ = {library_.bridge().plugin(), generation_, false};
    library_.deinitialize();
    const bool stays = unmapping_ == Unmapping::kForbidden;
    if (stays) library_.leave_mapped();
    report_.pinned = stays || !library_.unload();
    if (report_.pinned) {
      log_warning(report_.plugin, "generation " + std::to_string(generation_) +
                                      " stays in memory: " +
                                      (stays ? "threads of its run on" : "it cannot be unmapped"));
    }
    return report_;
  }

  StagedFile staged_;  // first: the file goes when the mapping is gone
  const std::uint64_t generation_;
  const Unmapping unmapping_;
  DynamicLibrary library_;
  UnloadReport report_;
};

}  // namespace

Result<std::shared_ptr<PluginLibrary>> PluginLibrary::open(LibrarySource source,
                                                           LibraryReaper& reaper,
                                                           const LibraryOptions& options) {
  std::shared_ptr<PluginLibrary> opened(
      new PluginLibrary(std::move(source.plugin), source.generation, reaper, options));
  StagedFile& staged = source.staged;
  const std::string context = "plugin '" + opened->plugin_ + "'";
  auto report = preflight(staged.fd(), options.preflight);
  if (!report.ok()) return std::move(report).error().with_context(context);
  Status trusted = options.trust.check(opened->plugin_, staged.sha256(), staged.signature());
  if (!trusted.ok()) return std::move(trusted).error().with_context(context);
  const std::string path = staged.path();
  opened->sha256_ = staged.sha256();
  auto library = DynamicLibrary::load(path, opened->plugin_, std::move(source.metrics));
  if (!library.ok()) return std::move(library).error().with_context(context);
  auto loaded = std::make_unique<StagedLibrary>(std::move(staged), source.generation,
                                                std::move(library).value(), source.unmapping);
  auto shaken = loaded->library().greet(report.value().note);
  if (!shaken.ok()) return std::move(shaken).error().with_context(context);
  loaded->library().bridge().let_call(options.calls);
  Status ready = loaded->library().initialize(shaken.value());
  if (!ready.ok()) return std::move(ready).error().with_context(context);
  opened->report_ = std::move(report).value();
  opened->handlers_ = std::move(shaken).value().handlers;
  opened->bridge_ = &loaded->library().bridge();
  opened->loaded_ = std::move(loaded);
  if (options.tasks != nullptr) opened->bridge_->allow_tasks(*options.tasks, opened);
  return opened;
}

PluginLibrary::PluginLibrary(std::string plugin, std::uint64_t generation, LibraryReaper& reaper,
                             const LibraryOptions& options)
    : plugin_(std::move(plugin)), generation_(generation), reaper_(reaper), options_(options) {}

PluginLibrary::~PluginLibrary() {
  if (loaded_ != nullptr) reaper_.reap(std::move(loaded_));
}

std::vector<HandlerDescription> PluginLibrary::handlers() const {
  std::vector<HandlerDescription> descriptions;
  for (const DeclaredHandler& handler : handlers_) descriptions.push_back(handler.description);
  return descriptions;
}

Result<std::shared_ptr<HandlerFactory>> PluginLibrary::factory(const std::string& handler) {
  auto found = find_handler(handlers_, plugin_, handler);
  if (!found.ok()) return std::move(found).error();
  const HandlerDescription& description = found.value().description;
  HandlerSource source{.handler = found.value().table,
                       .bridge = bridge_,
                       .keep_loaded = shared_from_this(),
                       .identity = {.name = description.name,
                                    .batch = description.max_batch > 1,
                                    .debug_errors = options_.debug_errors},
                       .max_response_bytes = options_.max_response_bytes};
  return std::shared_ptr<HandlerFactory>(
      std::make_shared<LoadedHandlerFactory>(std::move(source), description));
}

}  // namespace backplane::host
