#include "host/control/plugin_store.hpp"

#include <utility>

namespace backplane::host {

PluginStore::PluginStore(PluginDirectory directory, StagingDirectory staging, LibraryReaper& reaper,
                         LibraryOptions options)
    : catalogue_(std::move(directory), options.preflight, options.trust),
      staging_(std::move(staging)),
      reaper_(reaper),
      options_(std::move(options)) {}

Result<std::shared_ptr<HandlerFactory>> PluginStore::factory(const std::string& plugin,
                                                             const std::string& handler) {
  auto library = this->library(plugin);
  if (!library.ok()) {
    Error error = std::move(library).error();
    if (error.reason() == "plugin_not_found") {
      error = Error(ErrorCode::kInvalidArgument, "unknown_plugin",
                    "the plugin directory holds no file '" + plugin + ".so'");
    }
    return std::move(error).with_pointer("/plugin");
  }
  auto factory = library.value()->factory(handler);
  if (!factory.ok()) return std::move(factory).error().with_pointer("/handler");
  return factory;
}

Result<std::vector<PluginListing>> PluginStore::list() {
  auto entries = catalogue_.scan();
  if (!entries.ok()) return std::move(entries).error();
  std::vector<PluginListing> listings;
  for (CatalogueEntry& entry : entries.value()) {
    PluginListing listing{.entry = std::move(entry), .loaded = {}};
    const auto found = libraries_.find(listing.entry.name);
    const auto library = found == libraries_.end() ? nullptr : found->second.lock();
    if (library != nullptr) {
      listing.loaded.push_back({.generation = library->generation(),
                                .sha256 = library->sha256(),
                                .handlers = library->handlers()});
    }
    listings.push_back(std::move(listing));
  }
  return listings;
}

Result<std::shared_ptr<PluginLibrary>> PluginStore::library(const std::string& plugin) {
  if (auto loaded = libraries_[plugin].lock()) return loaded;
  const std::uint64_t generation = ++generations_[plugin];
  auto staged = staging_.stage(catalogue_.directory(), plugin + ".so", generation);
  if (!staged.ok()) return std::move(staged).error();
  auto library =
      PluginLibrary::open(std::move(staged).value(), plugin, generation, reaper_, options_);
  if (library.ok()) libraries_[plugin] = library.value();
  return library;
}

}  // namespace backplane::host
