#include "host/control/revision_log.hpp"

#include <optional>
#include <utility>

#include "host/control/state_json.hpp"
#include "host/control/stored_revision.hpp"
#include "host/json/json_writer.hpp"

namespace backplane::host {
namespace {

constexpr std::string_view kHistory = "history/";
// Written with every revision, and compared before: two writers cannot both make the next one.
constexpr std::string_view kHead = "head";

Error damaged(const std::string& what) {
  return {ErrorCode::kUnavailable, "state_corrupt", "the state store is damaged: " + what};
}

std::string head_json(std::uint64_t revision) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().member("revision", revision).end_object();
  return text;
}

std::uint64_t revision_in(const std::string& head) {
  const auto json = parse_state_json(head);
  const auto number = json.ok() ? json.value().root().find("revision") : std::nullopt;
  return static_cast<std::uint64_t>(number ? number->integer().value_or(0) : 0);
}

Status add_objects(StateStore& store, std::string_view prefix, StateObjects& objects) {
  auto found = store.list(StateRange::of_prefix(prefix));
  if (!found.ok()) return std::move(found).error();
  for (StateEntry& entry : found.value()) {
    objects.emplace(std::move(entry.key), std::move(entry.value));
  }
  return {};
}

// Revisions `first` and newer, oldest first, none missing.
Result<std::vector<StoredRevision>> read_from(StateStore& store, std::uint64_t first) {
  StateRange range = StateRange::of_prefix(kHistory);
  range.from = revision_key(first);
  const auto entries = store.list(range);
  if (!entries.ok()) return entries.error();
  std::vector<StoredRevision> revisions;
  for (const StateEntry& entry : entries.value()) {
    auto revision = read_revision(entry.key, entry.value);
    if (!revision.ok()) return std::move(revision).error();
    revisions.push_back(std::move(revision).value());
    const StoredRevision& one = revisions.back();
    if (one.revision - revisions.front().revision + 1 == revisions.size()) continue;
    return damaged("revision " + std::to_string(one.revision - 1) + " is missing");
  }
  return revisions;
}

void take_back(const StoredRevision& revision, StateObjects& objects) {
  for (const ObjectChange& change : revision.changes) {
    if (change.from) {
      objects.insert_or_assign(change.key, *change.from);
    } else {
      objects.erase(change.key);
    }
  }
}

Result<RevisionRecord> record_of(const StoredRevision& revision, const StateObjects& objects) {
  if (digest_of(objects) != revision.sha256) {
    return damaged("revision " + std::to_string(revision.revision) + " is not what was written");
  }
  auto state = state_of(objects);
  if (!state.ok()) return std::move(state).error();
  return RevisionRecord{.revision = revision.revision,
                        .time = revision.time,
                        .author = revision.author,
                        .action = revision.action,
                        .restores = revision.restores,
                        .document = std::move(state.value().document),
                        .plugins = std::move(state.value().plugins)};
}

Result<RevisionEntry> entry_of(const StoredRevision& revision) {
  StateObjects former;
  StateObjects latter;
  for (const ObjectChange& change : revision.changes) {
    if (change.from) former.emplace(change.key, *change.from);
    if (change.to) latter.emplace(change.key, *change.to);
  }
  const auto from = state_of(former);
  if (!from.ok()) return from.error();
  const auto to = state_of(latter);
  if (!to.ok()) return to.error();
  DocumentDiff changes = diff(from.value().document, to.value().document);
  const DocumentDiff versions = diff(from.value().plugins, to.value().plugins);
  changes.insert(changes.end(), versions.begin(), versions.end());
  return RevisionEntry{.revision = revision.revision,
                       .time = revision.time,
                       .author = revision.author,
                       .action = revision.action,
                       .restores = revision.restores,
                       .diff = std::move(changes)};
}

}  // namespace

Result<RevisionLog> RevisionLog::open(StateStore& store) {
  RevisionLog log(store);
  const auto head = store.get(kHead);
  if (!head.ok()) return head.error();
  Status read = add_objects(store, "backends/", log.objects_);
  if (read.ok()) read = add_objects(store, "endpoints/", log.objects_);
  if (read.ok()) read = add_objects(store, "plugins/", log.objects_);
  if (!read.ok()) return std::move(read).error();
  const auto revisions = read_from(store, 0);
  if (!revisions.ok()) return revisions.error();
  if (revisions.value().empty()) {
    if (!head.value() && log.objects_.empty()) return log;
    return damaged("its history is gone");
  }
  const StoredRevision& newest = revisions.value().back();
  if (!head.value() || revision_in(head.value()->value) != newest.revision) {
    return damaged("the newest revision is gone");
  }
  auto latest = record_of(newest, log.objects_);
  if (!latest.ok()) return std::move(latest).error();
  log.latest_ = std::move(latest).value();
  log.head_revision_ = head.value()->mod_revision;
  return log;
}

Status RevisionLog::append(const RevisionRecord& record) {
  if (record.revision != latest_.revision + 1) {
    return Error(ErrorCode::kStale, "the newest revision is " + std::to_string(latest_.revision) +
                                        ", not " + std::to_string(record.revision - 1));
  }
  StateObjects objects = objects_of(record.document, record.plugins);
  const StoredRevision stored{.revision = record.revision,
                              .time = record.time,
                              .author = record.author,
                              .action = record.action,
                              .restores = record.restores,
                              .sha256 = digest_of(objects),
                              .changes = changes_between(objects_, objects)};
  std::vector<StateOperation> operations{
      {.key = std::string(kHead), .value = head_json(record.revision)},
      {.key = revision_key(record.revision), .value = write_revision(stored)}};
  for (const ObjectChange& change : stored.changes) {
    operations.push_back({.key = change.key, .value = change.to});
  }
  if (record.revision > kKept) {
    operations.push_back({.key = revision_key(record.revision - kKept), .value = std::nullopt});
  }
  auto written =
      store_->transact({{.key = std::string(kHead), .mod_revision = head_revision_}}, operations);
  if (!written.ok()) return std::move(written).error();
  head_revision_ = written.value();
  objects_ = std::move(objects);
  latest_ = record;
  return {};
}

Result<RevisionRecord> RevisionLog::at(std::uint64_t revision) const {
  const auto since = read_from(*store_, revision);
  if (!since.ok()) return since.error();
  if (since.value().empty() || since.value().front().revision != revision) {
    return Error(ErrorCode::kNotFound, "unknown_revision",
                 "there is no revision " + std::to_string(revision) + "; the newest is " +
                     std::to_string(latest_.revision) + ", and the last " + std::to_string(kKept) +
                     " are kept");
  }
  StateObjects objects = objects_;
  for (std::size_t i = since.value().size() - 1; i > 0; --i) take_back(since.value()[i], objects);
  return record_of(since.value().front(), objects);
}

Result<std::vector<RevisionEntry>> RevisionLog::list(std::uint64_t before,
                                                     std::size_t limit) const {
  StateRange range = StateRange::of_prefix(kHistory);
  if (before != 0) range.until = revision_key(before);
  range.limit = limit;
  range.descending = true;
  std::vector<RevisionEntry> entries;
  if (limit == 0) return entries;
  const auto found = store_->list(range);
  if (!found.ok()) return found.error();
  for (const StateEntry& one : found.value()) {
    const auto revision = read_revision(one.key, one.value);
    if (!revision.ok()) return revision.error();
    auto entry = entry_of(revision.value());
    if (!entry.ok()) return std::move(entry).error();
    entries.push_back(std::move(entry).value());
  }
  return entries;
}

}  // namespace backplane::host
