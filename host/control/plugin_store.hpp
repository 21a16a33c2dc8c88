#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "host/base/result.hpp"
#include "host/plugin/catalogue.hpp"
#include "host/plugin/plugin_library.hpp"
#include "host/plugin/staging_directory.hpp"

namespace backplane::host {

// A plugin generation that is loaded now, for the admin listing.
struct LoadedPlugin {
  std::uint64_t generation = 0;
  std::string sha256;
  std::vector<HandlerDescription> handlers;
};

// A plugin file and what is loaded of that name.
struct PluginListing {
  CatalogueEntry entry;
  std::vector<LoadedPlugin> loaded;
};

// The plugins of one directory: finds them, and loads each one once for all backends that use it.
// Owned by Host; everything happens on the loader thread, since dlopen and dlclose take the loader
// lock and run plugin code.
class PluginStore {
 public:
  PluginStore(PluginDirectory directory, StagingDirectory staging, LibraryReaper& reaper,
              LibraryOptions options);

  // [loader] The handler `handler` of plugin `plugin`: from the generation that is loaded, or, when
  // none is, from the file that is in the directory now.
  // kInvalidArgument: "unknown_plugin", "unknown_handler", or why the file is refused.
  // kForbidden: the file is not one that the options trust.
  Result<std::shared_ptr<HandlerFactory>> factory(const std::string& plugin,
                                                  const std::string& handler);

  // [loader] Every plugin file in the directory, good or bad. kUnavailable "plugin_directory".
  Result<std::vector<PluginListing>> list();

 private:
  Result<std::shared_ptr<PluginLibrary>> library(const std::string& plugin);

  Catalogue catalogue_;
  StagingDirectory staging_;
  LibraryReaper& reaper_;
  const LibraryOptions options_;
  std::map<std::string, std::weak_ptr<PluginLibrary>> libraries_;
  std::map<std::string, std::uint64_t> generations_;  // the last number given to each plugin
};

}  // namespace backplane::host
