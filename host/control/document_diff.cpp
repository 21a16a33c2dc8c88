#include "host/control/document_diff.hpp"

#include <algorithm>
#include <cassert>
#include <set>
#include <string_view>
#include <utility>

#include "host/control/state_json.hpp"
#include "host/json/json_value.hpp"

namespace backplane::host {
namespace {

void compare(const JsonValue& from, const JsonValue& to, const std::string& path,
             DocumentDiff& changes);

void compare_members(const JsonValue& from, const JsonValue& to, const std::string& path,
                     DocumentDiff& changes) {
  std::set<std::string_view> keys;
  for (const JsonValue& member : from.children()) keys.insert(member.key());
  for (const JsonValue& member : to.children()) keys.insert(member.key());
  for (const std::string_view key : keys) {
    const std::optional<JsonValue> former = from.find(key);
    const std::optional<JsonValue> latter = to.find(key);
    const std::string place = path + pointer_step(key);
    if (former && latter) {
      compare(*former, *latter, place, changes);
    } else {
      changes.push_back({.path = place,
                         .from = std::string(former ? former->source() : ""),
                         .to = std::string(latter ? latter->source() : "")});
    }
  }
}

// Both are compact, so equal values have equal sources.
void compare(const JsonValue& from, const JsonValue& to, const std::string& path,
             DocumentDiff& changes) {
  if (from.source() == to.source()) return;
  if (from.is_object() && to.is_object()) {
    const std::size_t before = changes.size();
    compare_members(from, to, path, changes);
    // The same members in another order, which is another value of `init` or `user_config`.
    if (changes.size() > before) return;
  }
  changes.push_back(
      {.path = path, .from = std::string(from.source()), .to = std::string(to.source())});
}

template <typename Spec>
void compare_specs(const std::string& place, const std::map<std::string, Spec>& from,
                   const std::map<std::string, Spec>& to, DocumentDiff& changes) {
  for (const auto& [name, spec] : from) {
    const std::string path = place + pointer_step(name);
    const auto other = to.find(name);
    if (other == to.end()) {
      changes.push_back({.path = path, .from = object_json(spec), .to = {}});
    } else if (other->second != spec) {
      const auto former = parse_state_json(object_json(spec));
      const auto latter = parse_state_json(object_json(other->second));
      assert(former.ok() && latter.ok());
      compare(former.value().root(), latter.value().root(), path, changes);
    }
  }
  for (const auto& [name, spec] : to) {
    if (from.contains(name)) continue;
    changes.push_back({.path = place + pointer_step(name), .from = {}, .to = object_json(spec)});
  }
}

}  // namespace

DocumentDiff diff(const AppDocument& from, const AppDocument& to) {
  DocumentDiff changes;
  compare_specs("/backends", from.backends, to.backends, changes);
  compare_specs("/endpoints", from.endpoints, to.endpoints, changes);
  std::sort(changes.begin(), changes.end(),
            [](const DocumentChange& a, const DocumentChange& b) { return a.path < b.path; });
  return changes;
}

DocumentDiff diff(const PluginVersions& from, const PluginVersions& to) {
  DocumentDiff changes;
  for (const auto& [plugin, version] : from) {
    const auto other = to.find(plugin);
    if (other == to.end() || other->second.sha256 == version.sha256) continue;
    changes.push_back({.path = "/plugins" + pointer_step(plugin),
                       .from = '"' + version.sha256 + '"',
                       .to = '"' + other->second.sha256 + '"'});
  }
  return changes;
}

void write_diff(const DocumentDiff& diff, JsonWriter& json) {
  json.begin_array();
  for (const DocumentChange& change : diff) {
    const char* const op = change.from.empty() ? "add" : change.to.empty() ? "remove" : "replace";
    json.begin_object().member("op", op).member("path", change.path);
    if (!change.from.empty()) json.key("from").raw(change.from);
    if (!change.to.empty()) json.key("to").raw(change.to);
    json.end_object();
  }
  json.end_array();
}

}  // namespace backplane::host
