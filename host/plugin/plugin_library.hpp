#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "host/base/result.hpp"
#include "host/plugin/abi_bridge.hpp"
#include "host/plugin/handler_factory.hpp"
#include "host/plugin/handshake.hpp"
#include "host/plugin/library_reaper.hpp"
#include "host/plugin/plugin_trust.hpp"
#include "host/plugin/preflight.hpp"
#include "host/plugin/staged_file.hpp"

namespace backplane::host {

// How plugins are judged and what their handlers may do.
struct LibraryOptions {
  PreflightPolicy preflight;
  PluginTrust trust;
  // Shows a handler's internal errors, such as the text of an exception, to clients.
  bool debug_errors = false;
  std::uint64_t max_response_bytes = std::uint64_t{64} << 20U;  // of one answer's body
  // Where they may hand work over to; null: nowhere. Outlives what is loaded, or is left alone by
  // it.
  TaskPool* tasks = nullptr;
  HandlerCalls* calls = nullptr;  // of its handlers of others; null: they make none
};

// Whether a plugin may be unmapped once nobody uses it; not when threads of its run on.
enum class Unmapping : std::uint8_t { kAllowed, kForbidden };

// What is loaded, and what it is called.
struct LibrarySource {
  StagedFile staged;
  std::string plugin;
  std::uint64_t generation = 0;
  Unmapping unmapping = Unmapping::kAllowed;
  // What the plugin's generations measure together; null: nobody sees what it measures.
  std::shared_ptr<MetricRegistry> metrics{};
};

// One generation of a plugin, loaded into this process. Shared by the factories of its handlers
// and by whoever lists plugins; when the last of them lets go, on any thread, the library is
// handed to the reaper and unloaded on the loader thread.
class PluginLibrary : public std::enable_shared_from_this<PluginLibrary> {
 public:
  // [loader] Judges, loads and initializes the plugin in `source`.
  // kInvalidArgument with a PreflightCode's word, "plugin_dependency", "plugin_symbol",
  // "plugin_load_failed", "handshake_failed" or "plugin_init_failed"; kForbidden: the options do
  // not trust it. Nothing stays loaded then.
  // Runs code of the plugin, from its static constructors on. `reaper` outlives the library.
  static Result<std::shared_ptr<PluginLibrary>> open(LibrarySource source, LibraryReaper& reaper,
                                                     const LibraryOptions& options);

  ~PluginLibrary();
  PluginLibrary(const PluginLibrary&) = delete;
  PluginLibrary& operator=(const PluginLibrary&) = delete;

  const std::string& plugin() const { return plugin_; }
  std::uint64_t generation() const { return generation_; }
  const std::string& sha256() const { return sha256_; }
  const PreflightReport& report() const { return report_; }
  // [any]
  std::vector<HandlerDescription> handlers() const;
  // [any] What its handlers did against the contract.
  const ContractCounts& contract_counts() const { return bridge_->counts(); }
  // [any] What its plugin measures, in this generation and others.
  std::shared_ptr<const MetricRegistry> metrics() const { return bridge_->shared_metrics(); }

  // [any] Keeps the library loaded. kInvalidArgument "unknown_handler", with the names it has.
  Result<std::shared_ptr<HandlerFactory>> factory(const std::string& handler);

 private:
  PluginLibrary(std::string plugin, std::uint64_t generation, LibraryReaper& reaper,
                const LibraryOptions& options);

  const std::string plugin_;
  const std::uint64_t generation_;
  LibraryReaper& reaper_;
  const LibraryOptions options_;
  std::string sha256_;
  PreflightReport report_;
  std::vector<DeclaredHandler> handlers_;
  AbiBridge* bridge_ = nullptr;  // of loaded_
  std::unique_ptr<LoadedLibrary> loaded_;
};

}  // namespace backplane::host
