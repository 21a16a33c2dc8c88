#include "host/control/state_objects.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "host/base/status.hpp"
#include "host/config/backend_reader.hpp"
#include "host/config/endpoint_reader.hpp"
#include "host/control/state_json.hpp"
#include "host/json/json_writer.hpp"
#include "host/plugin/sha256.hpp"

namespace backplane::host {
namespace {

constexpr std::string_view kBackends = "backends/";
constexpr std::string_view kEndpoints = "endpoints/";
constexpr std::string_view kPlugins = "plugins/";
// What was accepted once stays readable when the host's configuration allows less by now.
constexpr AppLimits kNoLimits{.max_replicas = UINT32_MAX};

Error unreadable(const std::string& key, const std::string& why) {
  return {ErrorCode::kUnavailable, "state_corrupt",
          "the state store is damaged: '" + key + "' cannot be read: " + why};
}

std::string text_of(const JsonValue& object, std::string_view name) {
  const auto member = object.find(name);
  return std::string(member ? member->string().value_or("") : "");
}

std::string version_json(const PluginVersion& version) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().member("sha256", version.sha256);
  if (!version.previous.empty()) json.member("previous", version.previous);
  json.end_object();
  return text;
}

Status add(const std::string& key, const JsonValue& root, DesiredState& state) {
  std::vector<Error> errors;
  AppDocument& document = state.document;
  if (key.starts_with(kBackends)) {
    const std::string tag = key.substr(kBackends.size());
    document.backends.emplace(tag, read_backend(tag, root, kNoLimits, errors));
  } else if (key.starts_with(kEndpoints)) {
    const std::string name = key.substr(kEndpoints.size());
    document.endpoints.emplace(name, read_endpoint(name, root, errors));
  } else if (key.starts_with(kPlugins)) {
    PluginVersion version{.sha256 = text_of(root, "sha256"), .previous = text_of(root, "previous")};
    if (version.sha256.empty()) return unreadable(key, "it has no SHA-256");
    state.plugins.emplace(key.substr(kPlugins.size()), std::move(version));
  } else {
    return unreadable(key, "it is no backend, endpoint or plugin");
  }
  if (errors.empty()) return {};
  return unreadable(key, errors.front().message());
}

}  // namespace

StateObjects objects_of(const AppDocument& document, const PluginVersions& plugins) {
  StateObjects objects;
  for (const auto& [tag, spec] : document.backends) {
    objects.emplace(std::string(kBackends) + tag, object_json(spec));
  }
  for (const auto& [name, spec] : document.endpoints) {
    objects.emplace(std::string(kEndpoints) + name, object_json(spec));
  }
  for (const auto& [name, version] : plugins) {
    objects.emplace(std::string(kPlugins) + name, version_json(version));
  }
  return objects;
}

Result<DesiredState> state_of(const StateObjects& objects) {
  DesiredState state;
  for (const auto& [key, text] : objects) {
    const auto json = parse_state_json(text);
    if (!json.ok()) return unreadable(key, json.error().message());
    Status added = add(key, json.value().root(), state);
    if (!added.ok()) return std::move(added).error();
  }
  return state;
}

std::string digest_of(const StateObjects& objects) {
  Sha256 digest;
  // Keys hold no line feed and compact JSON none either, so no two documents read the same.
  for (const auto& [key, text] : objects) {
    std::string line = key;
    line.append("\n").append(text).append("\n");
    digest.update(std::as_bytes(std::span(line)));
  }
  return digest.finish();
}

}  // namespace backplane::host
