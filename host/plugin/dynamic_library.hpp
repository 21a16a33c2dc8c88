#pragma once

#include <memory>
#include <string>

#include "host/base/result.hpp"
#include "host/base/status.hpp"
#include "host/plugin/abi_bridge.hpp"
#include "host/plugin/handshake.hpp"
#include "host/plugin/plugin_note.hpp"

namespace backplane::host {

// A plugin mapped into this process, taken through its life one step at a time: load, greet,
// initialize, deinitialize, unload. What of it throws is caught here. Owned by a PluginLibrary's
// LoadedLibrary, or by a probe; the thread that loaded it.
class DynamicLibrary {
 public:
  // [loader] Maps the plugin at `path`, an absolute one that was never loaded before, under the
  // name `plugin`; what it measures goes to `metrics`, or to nobody. Runs its static constructors.
  // Errors as load_failure().
  static Result<DynamicLibrary> load(const std::string& path, const std::string& plugin,
                                     std::shared_ptr<MetricRegistry> metrics = nullptr);

  // Takes the steps that are left.
  ~DynamicLibrary();
  DynamicLibrary(DynamicLibrary&& other) noexcept;
  DynamicLibrary& operator=(DynamicLibrary&& other) = delete;

  // [loader] Asks its entry for its table and proves it. kInvalidArgument "handshake_failed".
  Result<Handshake> greet(const PluginNote& note) const;
  // [loader] Runs its init(). kInvalidArgument "plugin_init_failed" with its words.
  Status initialize(const Handshake& shaken);
  // [loader] Runs its deinit(), when initialize() succeeded; once.
  void deinitialize();
  // [loader] Unmaps it, after deinitialize(). False when it stays: it, or a library it uses, does
  // not let go. What it may still call stays with it then.
  bool unload();
  // [loader] Instead of unload(), where code of the plugin runs on: it stays for good.
  void leave_mapped();

  bool is_loaded() const { return mapping_ != nullptr; }
  const std::string& path() const { return path_; }
  // At an address that stays when this is moved.
  AbiBridge& bridge() const { return *bridge_; }

 private:
  class Mapping;

  DynamicLibrary(std::string path, std::unique_ptr<AbiBridge> bridge,
                 std::unique_ptr<Mapping> mapping);

  std::string path_;
  std::unique_ptr<AbiBridge> bridge_;
  std::unique_ptr<Mapping> mapping_;  // null once it was unloaded
  void (*deinit_)() = nullptr;        // set when init succeeded
};

}  // namespace backplane::host
