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
#include "host/plugin/sha256.hpp"

namespace backplane::host {
namespace {

constexpr std::string_view kBackends = "backends/";
constexpr std::string_view kEndpoints = "endpoints/";
// What was accepted once stays readable when the host's configuration allows less by now.
constexpr AppLimits kNoLimits{.max_replicas = UINT32_MAX};

Error unreadable(const std::string& key, const std::string& why) {
  return {ErrorCode::kUnavailable, "state_corrupt",
          "the state store is damaged: '" + key + "' cannot be read: " + why};
}

Status add(const std::string& key, const JsonValue& root, AppDocument& document) {
  std::vector<Error> errors;
  if (key.starts_with(kBackends)) {
    const std::string tag = key.substr(kBackends.size());
    document.backends.emplace(tag, read_backend(tag, root, kNoLimits, errors));
  } else if (key.starts_with(kEndpoints)) {
    const std::string name = key.substr(kEndpoints.size());
    document.endpoints.emplace(name, read_endpoint(name, root, errors));
  } else {
    return unreadable(key, "it is neither a backend nor an endpoint");
  }
  if (errors.empty()) return {};
  return unreadable(key, errors.front().message());
}

}  // namespace

StateObjects objects_of(const AppDocument& document) {
  StateObjects objects;
  for (const auto& [tag, spec] : document.backends) {
    objects.emplace(std::string(kBackends) + tag, object_json(spec));
  }
  for (const auto& [name, spec] : document.endpoints) {
    objects.emplace(std::string(kEndpoints) + name, object_json(spec));
  }
  return objects;
}

Result<AppDocument> document_of(const StateObjects& objects) {
  AppDocument document;
  for (const auto& [key, text] : objects) {
    const auto json = parse_state_json(text);
    if (!json.ok()) return unreadable(key, json.error().message());
    Status added = add(key, json.value().root(), document);
    if (!added.ok()) return std::move(added).error();
  }
  return document;
}

std::string digest_of(const StateObjects& objects) {
  Sha256 digest;
  // Keys hold no line feed and compact JSON none either, so no two documents read the same.
  for (const auto& [key, text] : objects) {
    const std::string line = key + "\n" + text + "\n";
    digest.update(std::as_bytes(std::span(line)));
  }
  return digest.finish();
}

}  // namespace backplane::host
