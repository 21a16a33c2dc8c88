#include "host/plugin/plugin_library.hpp"

#include <bit>
#include <dlfcn.h>
#include <exception>
#include <system_error>
#include <utility>

#include <boost/dll/shared_library.hpp>

#include "host/base/log.hpp"
#include "host/json/json_writer.hpp"
#include "host/plugin/load_failure.hpp"
#include "host/plugin/loaded_handler_factory.hpp"
#include "host/plugin/plugin_text.hpp"

namespace backplane::host {
namespace {

// Text of what was thrown by the plugin, out of a function of its that must not throw.
template <typename Function>
std::string thrown_by(Function&& function) noexcept {
  try {
    function();
    return {};
  } catch (const std::exception& error) {
    return to_utf8(error.what());
  } catch (...) {
    return "something that is not a std::exception";
  }
}

// dlopen and what follows; Boost.DLL gives the handle an owner.
Result<boost::dll::shared_library> load(const std::string& path) {
  boost::dll::shared_library library;
  std::error_code error;
  // Its default is lazy binding, which would find a missing symbol in the middle of a request.
  library.load(path, error, boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
  if (error) {
    // Boost.DLL says "bad file descriptor" to everything; the loader's own words are still there.
    // NOLINTNEXTLINE(concurrency-mt-unsafe): glibc keeps them per thread.
    const char* text = dlerror();
    return load_failure(text == nullptr ? "" : text, path);
  }
  return library;
}

Result<Handshake> greet(const boost::dll::shared_library& library, const std::string& path,
                        const PluginNote& note) {
  if (!library.has(BP_ENTRY)) {
    return Error(ErrorCode::kInvalidArgument, "handshake_failed",
                 "it does not export the function '" BP_ENTRY "'");
  }
  using Entry = const bp_plugin*(std::uint32_t, std::uint32_t);
  Entry& entry = library.get<Entry>(BP_ENTRY);
  // Looked up from the library, its entry may still be another's that it needs.
  const MappedObject object = MappedObject::containing(std::bit_cast<const void*>(&entry));
  if (object.path() != path) {
    return Error(ErrorCode::kInvalidArgument, "handshake_failed",
                 "its entry is defined by another library");
  }
  const bp_plugin* table = nullptr;
  const std::string thrown = thrown_by([&] { table = entry(BP_ABI_MAJOR, BP_ABI_MINOR); });
  if (!thrown.empty()) {
    return Error(ErrorCode::kInvalidArgument, "handshake_failed", "its entry threw: " + thrown);
  }
  return shake_hands(table, note, object);
}

// The library behind a PluginLibrary: the mapping, and what must stay as long as it does.
class DynamicLibrary final : public LoadedLibrary {
 public:
  DynamicLibrary(StagedFile staged, const std::string& plugin, std::uint64_t generation,
                 boost::dll::shared_library library)
      : staged_(std::move(staged)),
        generation_(generation),
        bridge_(std::make_unique<AbiBridge>(plugin)),
        library_(std::move(library)) {}
  ~DynamicLibrary() override { close_once(); }

  UnloadReport close() override { return close_once(); }

  AbiBridge& bridge() { return *bridge_; }
  const boost::dll::shared_library& library() const { return library_; }

  Status initialize(const Handshake& shaken) {
    if (shaken.init != nullptr) {
      bp_error error{};
      error.struct_size = sizeof error;
      bp_status status = BP_INTERNAL;
      const std::string thrown =
          thrown_by([&] { status = shaken.init(&bridge_->services(), &error); });
      if (!thrown.empty() || status != BP_OK) {
        return Error(ErrorCode::kInvalidArgument, "plugin_init_failed",
                     thrown.empty() ? message_of(error, "its init refused without a reason")
                                    : "its init threw: " + thrown);
      }
    }
    deinit_ = shaken.deinit;
    return {};
  }

 private:
  UnloadReport close_once() {
    if (!library_.is_loaded()) return report_;
    if (deinit_ != nullptr) {
      const std::string thrown = thrown_by([this] { deinit_(); });
      if (!thrown.empty()) log_warning(bridge_->plugin(), "its deinit threw: " + thrown);
    }
    library_.unload();
    report_ = {bridge_->plugin(), generation_, MappedObject::is_mapped(staged_.path())};
    if (report_.pinned) {
      log_warning(report_.plugin, "generation " + std::to_string(generation_) +
                                      " stays in memory: it cannot be unmapped");
      // Whatever of it still runs may call the host; in doubt we leak (a few hundred bytes).
      static_cast<void>(bridge_.release());
    }
    return report_;
  }

  StagedFile staged_;  // first: the file goes when the mapping is gone
  const std::uint64_t generation_;
  std::unique_ptr<AbiBridge> bridge_;
  boost::dll::shared_library library_;
  void (*deinit_)() = nullptr;  // set when init succeeded
  UnloadReport report_;
};

}  // namespace

Result<std::shared_ptr<PluginLibrary>> PluginLibrary::open(StagedFile staged, std::string plugin,
                                                           std::uint64_t generation,
                                                           LibraryReaper& reaper,
                                                           const LibraryOptions& options) {
  std::shared_ptr<PluginLibrary> opened(
      new PluginLibrary(std::move(plugin), generation, reaper, options));
  const std::string context = "plugin '" + opened->plugin_ + "'";
  auto report = preflight(staged.fd(), options.preflight);
  if (!report.ok()) return std::move(report).error().with_context(context);
  Status trusted = options.trust.check(opened->plugin_, staged.sha256(), staged.signature());
  if (!trusted.ok()) return std::move(trusted).error().with_context(context);
  const std::string path = staged.path();
  opened->sha256_ = staged.sha256();
  auto library = load(path);
  if (!library.ok()) return std::move(library).error().with_context(context);
  auto loaded = std::make_unique<DynamicLibrary>(std::move(staged), opened->plugin_, generation,
                                                 std::move(library).value());
  auto shaken = greet(loaded->library(), path, report.value().note);
  if (!shaken.ok()) return std::move(shaken).error().with_context(context);
  Status ready = loaded->initialize(shaken.value());
  if (!ready.ok()) return std::move(ready).error().with_context(context);
  opened->report_ = std::move(report).value();
  opened->handlers_ = std::move(shaken).value().handlers;
  opened->bridge_ = &loaded->bridge();
  opened->loaded_ = std::move(loaded);
  return opened;
}

Result<std::vector<HandlerDescription>> PluginLibrary::describe(const std::string& path,
                                                                const PreflightReport& report) {
  auto library = load(path);
  if (!library.ok()) return std::move(library).error();
  auto shaken = greet(library.value(), path, report.note);
  if (!shaken.ok()) return std::move(shaken).error();
  std::vector<HandlerDescription> handlers;
  for (const DeclaredHandler& handler : shaken.value().handlers) {
    handlers.push_back(handler.description);
  }
  return handlers;
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
  std::string names;
  for (const DeclaredHandler& declared : handlers_) {
    const HandlerDescription& description = declared.description;
    if (description.name == handler) {
      HandlerSource source{.handler = declared.table,
                           .bridge = bridge_,
                           .keep_loaded = shared_from_this(),
                           .identity = {.name = description.name,
                                        .batch = description.max_batch > 1,
                                        .debug_errors = options_.debug_errors},
                           .max_response_bytes = options_.max_response_bytes};
      return std::shared_ptr<HandlerFactory>(
          std::make_shared<LoadedHandlerFactory>(std::move(source), description));
    }
    names += (names.empty() ? "'" : ", '") + description.name + "'";
  }
  return Error(
      ErrorCode::kInvalidArgument, "unknown_handler",
      "plugin '" + plugin_ + "' has no handler '" + printable(handler, 64) + "'; it has " + names);
}

}  // namespace backplane::host
