#include "host/admin/plugins_resource.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace backplane::host {
namespace {

using Listings = Result<std::vector<PluginListing>>;

void write_report(JsonWriter& json, const PreflightReport& report) {
  json.member("declared_name", report.note.name)
      .member("version", report.note.version)
      .member("abi",
              std::to_string(report.note.abi_major) + "." + std::to_string(report.note.abi_minor));
  json.key("warnings").begin_array();
  for (const PreflightWarning& warning : report.warnings) {
    json.begin_object().member("code", warning.code).member("detail", warning.message).end_object();
  }
  json.end_array();
}

void write_loaded(JsonWriter& json, const std::vector<LoadedPlugin>& generations) {
  json.key("generations").begin_array();
  for (const LoadedPlugin& loaded : generations) {
    json.begin_object()
        .member("generation", loaded.generation)
        .member("sha256", loaded.sha256)
        .key("handlers")
        .begin_array();
    for (const HandlerDescription& handler : loaded.handlers) {
      json.begin_object()
          .member("name", handler.name)
          .member("version", handler.version)
          .member("max_batch", std::uint64_t{handler.max_batch})
          .end_object();
    }
    json.end_array().end_object();
  }
  json.end_array();
}

void write_plugin(JsonWriter& json, const PluginListing& listing) {
  const CatalogueEntry& entry = listing.entry;
  json.member("file", entry.file)
      .member("size", entry.identity.size)
      .member("loadable", entry.report.ok());
  if (!entry.sha256.empty()) json.member("sha256", entry.sha256);
  if (entry.report.ok()) {
    write_report(json, entry.report.value());
  } else {
    json.key("error")
        .begin_object()
        .member("code", entry.report.error().reason())
        .member("detail", entry.report.error().message())
        .end_object();
  }
  write_loaded(json, listing.loaded);
}

// Reads the directory on the loader thread and comes back to control with what it holds.
template <typename Then>
void with_listings(AdminContext& context, const AdminCallPtr& call, Then then) {
  context.loader.post([&context, call = call, then] {
    auto listings = std::make_shared<Listings>(context.store.list());
    context.controller.post([&context, call, listings, then] {
      if (!listings->ok()) return call->fail(listings->error());
      then(context, *call, listings->value());
    });
  });
}

}  // namespace

void list_plugins(AdminContext& context, const AdminCallPtr& call) {
  with_listings(context, call,
                [](AdminContext& same, AdminCall& asked, const std::vector<PluginListing>& found) {
                  asked.reply(200, same.controller.revision(), [&found](JsonWriter& json) {
                    json.key("plugins").begin_object();
                    for (const PluginListing& listing : found) {
                      json.key(listing.entry.name).begin_object();
                      write_plugin(json, listing);
                      json.end_object();
                    }
                    json.end_object();
                  });
                });
}

void get_plugin(AdminContext& context, const AdminCallPtr& call) {
  with_listings(
      context, call,
      [](AdminContext& same, AdminCall& asked, const std::vector<PluginListing>& found) {
        const auto listing =
            std::find_if(found.begin(), found.end(), [&asked](const PluginListing& candidate) {
              return candidate.entry.name == asked.name();
            });
        if (listing == found.end()) {
          return asked.fail(Error(ErrorCode::kNotFound, "unknown_plugin",
                                  "the plugin directory holds no '" + asked.name() + ".so'"));
        }
        asked.reply(200, same.controller.revision(), [&](JsonWriter& json) {
          json.member("name", asked.name());
          write_plugin(json, *listing);
        });
      });
}

}  // namespace backplane::host
