#include "host/control/plugin_store.hpp"

#include <algorithm>
#include <utility>

namespace backplane::host {
namespace {

// How often a file that changes while it is copied is tried again.
constexpr int kMoreTries = 3;

Error unknown(const std::string& plugin) {
  return {ErrorCode::kNotFound, "unknown_plugin",
          "the plugin directory holds no file '" + plugin + ".so'"};
}

// When another file is renamed into its place meanwhile, that one is the later, and is taken.
Result<StagedFile> stage_latest(const PluginStoreSetup& setup, const std::string& plugin,
                                std::uint64_t generation, int more_tries = kMoreTries) {
  auto staged = setup.staging.stage(setup.directory, plugin + ".so", generation);
  if (staged.ok() || staged.error().reason() != "source_changed" || more_tries == 0) return staged;
  return stage_latest(setup, plugin, generation, more_tries - 1);
}

}  // namespace

PluginStore::PluginStore(PluginStoreSetup setup)
    : setup_(std::move(setup)),
      catalogue_(setup_.directory, setup_.options.preflight, setup_.options.trust) {}

Result<PluginFind> PluginStore::find(const PluginChoice& choice) {
  if (choice.from == PluginChoice::From::kLoaded) {
    if (auto library = loaded(choice.plugin))
      return PluginFind{.plugin_library = std::move(library)};
  }
  if (pinned() >= setup_.max_pinned) {
    return Error(ErrorCode::kInsufficientStorage, "too_many_pinned",
                 std::to_string(pinned()) +
                     " generations of plugins cannot be unmapped; restart the host to load more");
  }
  const bool by_version = choice.from == PluginChoice::From::kKept ||
                          (choice.from == PluginChoice::From::kLoaded && !choice.sha256.empty());
  auto candidate = by_version ? stage_version(choice) : stage_file(choice.plugin);
  if (!candidate.ok()) return std::move(candidate).error();
  if (choice.source != FileIdentity{} && candidate.value().staged.source() != choice.source) {
    return Error(ErrorCode::kConflict, "source_changed",
                 "'" + choice.plugin + ".so' has changed since it was seen to be finished");
  }
  const std::string& found = candidate.value().staged.sha256();
  if (!choice.sha256.empty() && found != choice.sha256) {
    return refusal(
        PreflightCode::kSha256Mismatch,
        "plugin '" + choice.plugin + "' has the SHA-256 " + found + ", not " + choice.sha256);
  }
  if (found == choice.unless) return PluginFind{};
  return judged(std::move(candidate).value());
}

Result<PluginFind> PluginStore::judged(PluginCandidate candidate) const {
  const auto report = preflight(candidate.staged.fd(), setup_.options.preflight);
  Status good;
  if (!report.ok()) {
    good = report.error();
  } else {
    good = setup_.options.trust.check(candidate.plugin, candidate.staged.sha256(),
                                      candidate.staged.signature());
  }
  if (!good.ok()) {
    return std::move(good).error().with_context("plugin '" + candidate.plugin + "'");
  }
  return PluginFind{.candidate = std::move(candidate)};
}

Result<PluginCandidate> PluginStore::stage_file(const std::string& plugin) {
  const std::uint64_t generation = ++last_[plugin];
  auto staged = stage_latest(setup_, plugin, generation);
  if (!staged.ok()) {
    return staged.error().reason() == "plugin_not_found" ? unknown(plugin)
                                                         : std::move(staged).error();
  }
  return PluginCandidate{
      .plugin = plugin, .generation = generation, .staged = std::move(staged).value()};
}

Result<PluginCandidate> PluginStore::stage_kept(const std::string& plugin,
                                                const std::string& sha256) {
  const std::uint64_t generation = ++last_[plugin];
  auto staged = setup_.artifacts.stage(setup_.staging, plugin, sha256, generation);
  if (!staged.ok()) return std::move(staged).error();
  return PluginCandidate{
      .plugin = plugin, .generation = generation, .staged = std::move(staged).value()};
}

Result<PluginCandidate> PluginStore::stage_version(const PluginChoice& choice) {
  auto kept = stage_kept(choice.plugin, choice.sha256);
  if (kept.ok() || choice.from == PluginChoice::From::kKept) return kept;
  // A state directory without its copies is no reason not to serve, as long as the file is the one
  // that was meant.
  auto dropped = stage_file(choice.plugin);
  if (!dropped.ok() || dropped.value().staged.sha256() == choice.sha256) return dropped;
  return Error(ErrorCode::kConflict, "digest_changed",
               "plugin '" + choice.plugin + "' should have the SHA-256 " + choice.sha256 + " (" +
                   kept.error().message() + "), and the file in the plugin directory has " +
                   dropped.value().staged.sha256());
}

Result<std::shared_ptr<PluginLibrary>> PluginStore::load(PluginCandidate candidate) {
  const std::string plugin = std::move(candidate.plugin);
  Status kept = setup_.artifacts.keep(candidate.staged);
  if (!kept.ok()) return std::move(kept).error();
  auto library = PluginLibrary::open({.staged = std::move(candidate.staged),
                                      .plugin = plugin,
                                      .generation = candidate.generation,
                                      .unmapping = candidate.unmapping,
                                      .metrics = metrics_of(plugin)},
                                     setup_.reaper, setup_.options);
  if (!library.ok()) return library;
  generations_[plugin][candidate.generation] = {library.value()->sha256(), library.value()};
  return library;
}

std::shared_ptr<MetricRegistry> PluginStore::metrics_of(const std::string& plugin) {
  std::weak_ptr<MetricRegistry>& known = metrics_[plugin];
  auto registry = known.lock();
  if (registry == nullptr) {
    registry = std::make_shared<MetricRegistry>(plugin);
    known = registry;
  }
  return registry;
}

Result<std::shared_ptr<PluginLibrary>> PluginStore::load_first(PluginCandidate candidate) {
  if (auto library = loaded(candidate.plugin)) return library;
  auto library = load(std::move(candidate));
  if (library.ok()) adopt(library.value());
  return library;
}

void PluginStore::adopt(const std::shared_ptr<PluginLibrary>& library) {
  current_[library->plugin()] = library->generation();
}

void PluginStore::retain(std::set<std::string> sha256s) const {
  for (const auto& [plugin, generations] : generations_) {
    for (const auto& [number, generation] : generations) sha256s.insert(generation.sha256);
  }
  setup_.artifacts.retain(sha256s);
}

std::shared_ptr<PluginLibrary> PluginStore::loaded(const std::string& plugin) const {
  const auto current = current_.find(plugin);
  if (current == current_.end()) return nullptr;
  const Generations& generations = generations_.at(plugin);
  const auto found = generations.find(current->second);
  return found == generations.end() ? nullptr : found->second.plugin_library.lock();
}

void PluginStore::note(const UnloadReport& report) {
  Generations& generations = generations_[report.plugin];
  if (!report.pinned) {
    generations.erase(report.generation);
  } else if (const auto found = generations.find(report.generation); found != generations.end()) {
    found->second.pinned = true;
    pinned_.fetch_add(1, std::memory_order_relaxed);
  }
}

std::vector<PluginGeneration> PluginStore::generations_of(const std::string& plugin) const {
  std::vector<PluginGeneration> result;
  const auto found = generations_.find(plugin);
  if (found == generations_.end()) return result;
  const auto current = loaded(plugin);
  for (const auto& [number, generation] : found->second) {
    PluginGeneration one{.generation = number, .sha256 = generation.sha256};
    const auto library = generation.plugin_library.lock();
    if (library != nullptr) one.handlers = library->handlers();
    if (generation.pinned) {
      one.state = PluginGeneration::State::kPinned;
    } else if (library == nullptr || library != current) {
      one.state = PluginGeneration::State::kRetiring;
    }
    result.push_back(std::move(one));
  }
  return result;
}

void PluginStore::add_removed(std::vector<PluginListing>& listings) const {
  for (const auto& [plugin, generations] : generations_) {
    const auto is_listed = [&plugin = plugin](const PluginListing& listing) {
      return listing.entry.name == plugin;
    };
    if (generations.empty()) continue;
    if (std::any_of(listings.begin(), listings.end(), is_listed)) continue;
    const std::string file = plugin + ".so";
    Error error(ErrorCode::kInvalidArgument, "plugin_not_found",
                "there is no file '" + file + "' in the plugin directory any more");
    listings.push_back(
        {.entry = {plugin, file, {}, {}, std::move(error)}, .generations = generations_of(plugin)});
  }
}

Result<std::vector<PluginListing>> PluginStore::list() {
  auto entries = catalogue_.scan();
  if (!entries.ok()) return std::move(entries).error();
  std::vector<PluginListing> listings;
  for (CatalogueEntry& entry : entries.value()) {
    PluginListing listing{.entry = std::move(entry), .generations = {}};
    listing.generations = generations_of(listing.entry.name);
    listings.push_back(std::move(listing));
  }
  add_removed(listings);
  return listings;
}

}  // namespace backplane::host
