#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "host/base/result.hpp"
#include "host/plugin/artifact_directory.hpp"
#include "host/plugin/catalogue.hpp"
#include "host/plugin/plugin_library.hpp"
#include "host/plugin/staging_directory.hpp"

namespace backplane::host {

// Which version of a plugin is asked for. A plain value.
struct PluginChoice {
  enum class From : std::uint8_t {
    kLoaded,     // the one that is loaded; else version `sha256`; else what is in the directory
    kDirectory,  // what is in the directory now
    kKept,       // version `sha256`, whatever is in the directory
  };

  std::string plugin;
  From from = From::kLoaded;
  // kLoaded, kKept: the version. kDirectory: what the file must be; empty: whatever it is.
  std::string sha256{};
  // kDirectory: the version that there is no need to load again; empty: load in any case.
  std::string unless{};
  // kDirectory: the state of the file that is meant, and no later one; zeros: the latest.
  FileIdentity source{};
};

// A version that has been staged and judged, and none of whose code has run yet.
struct PluginCandidate {
  std::string plugin;
  std::uint64_t generation = 0;
  StagedFile staged;
  Unmapping unmapping = Unmapping::kAllowed;  // as its probe has found
};

// Where the choice of a version leads: to what is loaded, to a candidate, or, with neither, to
// nothing to do.
struct PluginFind {
  std::shared_ptr<PluginLibrary> plugin_library{};
  std::optional<PluginCandidate> candidate{};
};

// One generation of a plugin, for the admin listing.
struct PluginGeneration {
  enum class State : std::uint8_t {
    kServing,   // backends that are made now use it
    kRetiring,  // replaced or about to serve: somebody still holds it
    kPinned,    // nobody uses it, and it cannot be unmapped
  };

  std::uint64_t generation = 0;
  State state = State::kServing;
  std::string sha256;
  std::vector<HandlerDescription> handlers{};
};

// A plugin file and what is in the process of that name.
struct PluginListing {
  CatalogueEntry entry;
  std::vector<PluginGeneration> generations;
};

// What a PluginStore works with. All but the directories outlives it.
struct PluginStoreSetup {
  PluginDirectory directory;
  StagingDirectory staging;
  ArtifactDirectory artifacts;
  LibraryReaper& reaper;
  LibraryOptions options;
  std::size_t max_pinned = 8;  // generations that stay in memory; then no other is loaded
};

// The plugins of one directory: finds them, and loads each version once for all backends that use
// it. Owned by Host; everything happens on the loader thread, since dlopen and dlclose take the
// loader lock and run plugin code.
class PluginStore {
 public:
  explicit PluginStore(PluginStoreSetup setup);

  // [loader] Stages and judges, unless there is no need to. kNotFound "unknown_plugin": neither the
  // directory nor the copies kept have it; kConflict "digest_changed": the version is not kept, and
  // the directory has another one, or "source_changed": the file is not as chosen; kInvalidArgument
  // "sha256_mismatch", or why the file is refused; kForbidden: it is not one that the options
  // trust; kInsufficientStorage "too_many_pinned".
  Result<PluginFind> find(const PluginChoice& choice);

  // [loader] Maps the candidate and runs its initialization. kInvalidArgument, kForbidden: see
  // PluginLibrary::open; and what ArtifactDirectory::keep answers.
  Result<std::shared_ptr<PluginLibrary>> load(PluginCandidate candidate);

  // [loader] The same for a plugin of which nothing was loaded: adopts what it loads, or answers
  // what another backend has had loaded meanwhile.
  Result<std::shared_ptr<PluginLibrary>> load_first(PluginCandidate candidate);

  // [loader] From now on `library` is the loaded version of its plugin.
  void adopt(const std::shared_ptr<PluginLibrary>& library);
  // [loader] Lets go of every version that is kept but those, and those of loaded generations.
  void retain(std::set<std::string> sha256s) const;

  // [loader] A generation was closed; see LibraryReaper.
  void note(const UnloadReport& report);

  // [loader] Every plugin file in the directory, good or bad, and every plugin that is in the
  // process although its file is gone. kUnavailable "plugin_directory".
  Result<std::vector<PluginListing>> list();
  // [any] Generations that nobody uses and that cannot be unmapped.
  std::size_t pinned() const { return pinned_.load(std::memory_order_relaxed); }

 private:
  struct Generation {
    std::string sha256;
    std::weak_ptr<PluginLibrary> plugin_library;
    bool pinned = false;
  };
  using Generations = std::map<std::uint64_t, Generation>;

  std::shared_ptr<MetricRegistry> metrics_of(const std::string& plugin);
  std::shared_ptr<PluginLibrary> loaded(const std::string& plugin) const;
  Result<PluginCandidate> stage_file(const std::string& plugin);
  Result<PluginCandidate> stage_kept(const std::string& plugin, const std::string& sha256);
  // The version as it is kept or, failing that, as it is in the directory.
  Result<PluginCandidate> stage_version(const PluginChoice& choice);
  Result<PluginFind> judged(PluginCandidate candidate) const;
  void add_removed(std::vector<PluginListing>& listings) const;
  std::vector<PluginGeneration> generations_of(const std::string& plugin) const;

  PluginStoreSetup setup_;
  Catalogue catalogue_;
  std::map<std::string, std::uint64_t> last_;     // the last number given to each plugin
  std::map<std::string, std::uint64_t> current_;  // the generation that is the loaded version
  std::map<std::string, Generations> generations_;
  std::map<std::string, std::weak_ptr<MetricRegistry>> metrics_;  // of the loaded generations
  std::atomic<std::size_t> pinned_{0};
};

}  // namespace backplane::host
