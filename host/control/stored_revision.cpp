#include "host/control/stored_revision.hpp"

#include <set>

#include "host/control/state_json.hpp"
#include "host/json/json_writer.hpp"

namespace backplane::host {
namespace {

std::optional<std::string> value_in(const StateObjects& objects, const std::string& key) {
  const auto found = objects.find(key);
  return found == objects.end() ? std::nullopt : std::optional(found->second);
}

std::string text_of(const JsonValue& object, std::string_view name) {
  const auto member = object.find(name);
  return std::string(member ? member->string().value_or("") : "");
}

std::uint64_t number_of(const JsonValue& object, std::string_view name) {
  const auto member = object.find(name);
  return static_cast<std::uint64_t>(member ? member->integer().value_or(0) : 0);
}

std::optional<std::string> source_of(const JsonValue& object, std::string_view name) {
  const auto member = object.find(name);
  return member ? std::optional<std::string>(member->source()) : std::nullopt;
}

Error unreadable(std::string_view key) {
  return {ErrorCode::kUnavailable, "state_corrupt",
          "the state store is damaged: '" + std::string(key) + "' cannot be read"};
}

}  // namespace

std::string revision_key(std::uint64_t revision) {
  constexpr std::size_t kDigits = 20;  // of the largest
  const std::string digits = std::to_string(revision);
  return "history/" + std::string(kDigits - digits.size(), '0') + digits;
}

std::vector<ObjectChange> changes_between(const StateObjects& former, const StateObjects& latter) {
  std::set<std::string> keys;
  for (const auto& [key, text] : former) keys.insert(key);
  for (const auto& [key, text] : latter) keys.insert(key);
  std::vector<ObjectChange> changes;
  for (const std::string& key : keys) {
    ObjectChange change{.key = key, .from = value_in(former, key), .to = value_in(latter, key)};
    if (change.from != change.to) changes.push_back(std::move(change));
  }
  return changes;
}

std::string write_revision(const StoredRevision& revision) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().member("revision", revision.revision);
  json.member("time", to_text(revision.time));
  json.member("author", revision.author).member("action", revision.action);
  if (revision.restores != 0) json.member("restores", revision.restores);
  json.member("sha256", revision.sha256).key("objects").begin_object();
  for (const ObjectChange& change : revision.changes) {
    json.key(change.key).begin_object();
    if (change.from) json.key("from").raw(*change.from);
    if (change.to) json.key("to").raw(*change.to);
    json.end_object();
  }
  json.end_object().end_object();
  return text;
}

Result<StoredRevision> read_revision(std::string_view key, std::string_view text) {
  const auto json = parse_state_json(text);
  if (!json.ok()) return unreadable(key);
  const JsonValue root = json.value().root();
  StoredRevision revision{.revision = number_of(root, "revision"),
                          .time = {},
                          .author = text_of(root, "author"),
                          .action = text_of(root, "action"),
                          .restores = number_of(root, "restores"),
                          .sha256 = text_of(root, "sha256"),
                          .changes = {}};
  const auto time = parse_wall_time(text_of(root, "time"));
  const auto objects = root.find("objects");
  if (!time || !objects || revision_key(revision.revision) != key) return unreadable(key);
  revision.time = *time;
  for (const JsonValue& object : objects->children()) {
    revision.changes.push_back({.key = std::string(object.key()),
                                .from = source_of(object, "from"),
                                .to = source_of(object, "to")});
  }
  return revision;
}

}  // namespace backplane::host
