#include "host/plugin/dynamic_library.hpp"

#include <bit>
#include <dlfcn.h>
#include <exception>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include <boost/dll/shared_library.hpp>

#include "host/base/log.hpp"
#include "host/base/mutex.hpp"
#include "host/json/utf8.hpp"
#include "host/plugin/load_failure.hpp"
#include "host/plugin/mapped_object.hpp"

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

// For what a plugin that stays may still use: it is never destroyed, and found again by whoever
// looks for leaks. A few hundred bytes.
template <typename Object>
void keep_for_good(std::unique_ptr<Object> object) {
  static Mutex mutex;
  static auto& kept = *new std::vector<std::unique_ptr<Object>>;
  MutexLock lock(mutex);
  kept.push_back(std::move(object));
}

}  // namespace

// Boost.DLL gives the handle of dlopen an owner.
class DynamicLibrary::Mapping {
 public:
  boost::dll::shared_library library;
};

Result<DynamicLibrary> DynamicLibrary::load(const std::string& path, const std::string& plugin,
                                            std::shared_ptr<MetricRegistry> metrics) {
  auto mapping = std::make_unique<Mapping>();
  std::error_code error;
  // Its default is lazy binding, which would find a missing symbol in the middle of a request.
  mapping->library.load(path, error,
                        boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
  if (error) {
    // Boost.DLL says "bad file descriptor" to everything; the loader's own words are still there.
    // NOLINTNEXTLINE(concurrency-mt-unsafe): glibc keeps them per thread.
    const char* text = dlerror();
    return load_failure(text == nullptr ? "" : text, path);
  }
  return DynamicLibrary(path, std::make_unique<AbiBridge>(plugin, std::move(metrics)),
                        std::move(mapping));
}

DynamicLibrary::DynamicLibrary(std::string path, std::unique_ptr<AbiBridge> bridge,
                               std::unique_ptr<Mapping> mapping)
    : path_(std::move(path)), bridge_(std::move(bridge)), mapping_(std::move(mapping)) {}

DynamicLibrary::DynamicLibrary(DynamicLibrary&& other) noexcept
    : path_(std::move(other.path_)),
      bridge_(std::move(other.bridge_)),
      mapping_(std::move(other.mapping_)),
      deinit_(std::exchange(other.deinit_, nullptr)) {}

DynamicLibrary::~DynamicLibrary() {
  deinitialize();
  unload();
}

Result<Handshake> DynamicLibrary::greet(const PluginNote& note) const {
  const boost::dll::shared_library& library = mapping_->library;
  if (!library.has(BP_ENTRY)) {
    return Error(ErrorCode::kInvalidArgument, "handshake_failed",
                 "it does not export the function '" BP_ENTRY "'");
  }
  using Entry = const bp_plugin*(std::uint32_t, std::uint32_t);
  Entry& entry = library.get<Entry>(BP_ENTRY);
  // Looked up from the library, its entry may still be another's that it needs.
  const MappedObject object = MappedObject::containing(std::bit_cast<const void*>(&entry));
  if (object.path() != path_) {
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

Status DynamicLibrary::initialize(const Handshake& shaken) {
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

void DynamicLibrary::deinitialize() {
  if (deinit_ == nullptr) return;
  const std::string thrown = thrown_by([deinit = std::exchange(deinit_, nullptr)] { deinit(); });
  if (!thrown.empty()) log_warning(bridge_->plugin(), "its deinit threw: " + thrown);
}

void DynamicLibrary::leave_mapped() {
  keep_for_good(std::move(mapping_));
  keep_for_good(std::move(bridge_));
}

bool DynamicLibrary::unload() {
  if (mapping_ == nullptr) return true;
  mapping_.reset();
  if (!MappedObject::is_mapped(path_)) return true;
  // Whatever of it still runs may call the host.
  keep_for_good(std::move(bridge_));
  return false;
}

}  // namespace backplane::host
