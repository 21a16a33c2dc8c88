#include "host/admin/plugins_resource.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "host/admin/change_call.hpp"
#include "host/admin/reload_body.hpp"

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

std::string_view name_of(PluginGeneration::State state) {
  switch (state) {
    case PluginGeneration::State::kServing:
      return "serving";
    case PluginGeneration::State::kRetiring:
      return "retiring";
    case PluginGeneration::State::kPinned:
      return "pinned";
  }
  return "";
}

bool runs(const Backend* backend, const std::string& plugin, std::uint64_t generation) {
  const PluginLibrary* library = backend->library();
  return library != nullptr && library->plugin() == plugin && library->generation() == generation;
}

bool is_on_trial(const Controller& controller, const std::string& plugin,
                 std::uint64_t generation) {
  return std::any_of(
      controller.canaries().begin(), controller.canaries().end(),
      [&](const auto& one) { return runs(one.second.backend.get(), plugin, generation); });
}

// Requests that its handlers have and did not answer yet.
std::uint64_t in_flight(const Controller& controller, const std::string& plugin,
                        std::uint64_t generation) {
  std::uint64_t sum = 0;
  for (const auto& backend : controller.live_backends()) {
    if (runs(backend.get(), plugin, generation)) sum += backend->stats().in_flight;
  }
  return sum;
}

void write_generations(JsonWriter& json, const Controller& controller,
                       const PluginListing& listing) {
  json.key("generations").begin_array();
  const std::string& plugin = listing.entry.name;
  for (const PluginGeneration& one : listing.generations) {
    const bool on_trial = is_on_trial(controller, plugin, one.generation);
    json.begin_object()
        .member("generation", one.generation)
        .member("state", on_trial ? "on_trial" : name_of(one.state))
        .member("sha256", one.sha256)
        .member("in_flight", in_flight(controller, plugin, one.generation))
        .key("handlers")
        .begin_array();
    for (const HandlerDescription& handler : one.handlers) {
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

void write_error(JsonWriter& json, std::string_view name, const Error& error) {
  json.key(name).begin_object();
  json.member("code", error.reason()).member("detail", error.message());
  for (const auto& [member, value] : error.members()) json.key(member).raw(value);
  json.end_object();
}

void write_plugin(JsonWriter& json, const AdminContext& context, const PluginListing& listing) {
  const CatalogueEntry& entry = listing.entry;
  json.member("file", entry.file)
      .member("size", entry.identity.size)
      .member("loadable", entry.report.ok());
  if (!entry.sha256.empty()) json.member("sha256", entry.sha256);
  if (entry.report.ok()) {
    write_report(json, entry.report.value());
  } else {
    write_error(json, "error", entry.report.error());
  }
  const auto version = context.controller.versions().find(entry.name);
  if (version != context.controller.versions().end()) {
    json.member("running_sha256", version->second.sha256);
    if (!version->second.previous.empty()) json.member("previous_sha256", version->second.previous);
  }
  if (const Error* error = context.reloader.last_error(entry.name)) {
    write_error(json, "last_error", *error);
  }
  write_generations(json, context.controller, listing);
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

// How long a reload is waited for by a call that does not say.
constexpr std::chrono::milliseconds kPatience{10'000};

void write_outcome(JsonWriter& json, const Controller& controller, const std::string& plugin,
                   const ReloadOutcome& outcome) {
  json.member("state", outcome.changed ? "done" : "unchanged")
      .member("plugin", plugin)
      .member("sha256", outcome.sha256)
      .member("revision", outcome.revision);
  if (outcome.changed) json.member("generation", outcome.generation);
  json.key("operation").begin_object();
  write_operation(*controller.operations().find(outcome.operation), json);
  json.end_object();
}

Reloader::Done answer_to(AdminContext& context, const AdminCallPtr& call) {
  return [&controller = context.controller, call](const Result<ReloadOutcome>& outcome) {
    if (!outcome.ok()) {
      return call->answered() ? call->note_end(0, outcome.error()) : call->fail(outcome.error());
    }
    // 202, and the operation says the rest.
    if (call->answered()) return call->note_end(200, outcome.value().revision);
    call->reply(200, outcome.value().revision, [&](JsonWriter& json) {
      write_outcome(json, controller, call->name(), outcome.value());
    });
  };
}

void wait_for_reload(AdminContext& context, const AdminCallPtr& call, std::uint64_t operation) {
  wait_for(context, call, operation, call->query().wait.value_or(kPatience));
}

void reload(AdminContext& context, const AdminCallPtr& call, ReloadRequest request) {
  request.author = call->author();
  request.if_revision = revision_wanted(context, *call);
  wait_for_reload(context, call,
                  context.reloader.reload(std::move(request), answer_to(context, call)));
}

}  // namespace

void post_reload(AdminContext& context, const AdminCallPtr& call) {
  auto request = reload_asked(*call);
  if (!request.ok()) return call->fail(request.error());
  reload(context, call, std::move(request).value());
}

void post_rollback(AdminContext& context, const AdminCallPtr& call) {
  reload(context, call, rollback_asked(*call));
}

void post_promote(AdminContext& context, const AdminCallPtr& call) {
  wait_for_reload(context, call,
                  context.reloader.promote(call->name(), revision_wanted(context, *call),
                                           answer_to(context, call)));
}

void list_plugins(AdminContext& context, const AdminCallPtr& call) {
  with_listings(context, call,
                [](AdminContext& same, AdminCall& asked, const std::vector<PluginListing>& found) {
                  asked.reply(200, same.controller.revision(), [&](JsonWriter& json) {
                    json.key("plugins").begin_object();
                    for (const PluginListing& listing : found) {
                      json.key(listing.entry.name).begin_object();
                      write_plugin(json, same, listing);
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
          write_plugin(json, same, *listing);
        });
      });
}

}  // namespace backplane::host
