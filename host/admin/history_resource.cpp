#include "host/admin/history_resource.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/admin/change_call.hpp"
#include "host/base/wall_time.hpp"
#include "host/config/app_document_writer.hpp"
#include "host/config/object_reader.hpp"
#include "host/control/document_diff.hpp"

namespace backplane::host {
namespace {

Error unknown_revision(std::uint64_t revision) {
  return {ErrorCode::kNotFound, "unknown_revision",
          "the history holds no revision " + std::to_string(revision)};
}

void write_entry(const RevisionEntry& entry, JsonWriter& json) {
  json.member("revision", entry.revision)
      .member("time", to_text(entry.time))
      .member("author", entry.author)
      .member("action", entry.action);
  if (entry.restores != 0) json.member("restores", entry.restores);
  json.key("diff");
  write_diff(entry.diff, json);
}

// A revision with its document.
struct WholeRevision {
  RevisionEntry entry;
  AppDocument document;
};

Result<WholeRevision> read_whole(const RevisionLog& log, std::uint64_t revision) {
  auto record = log.at(revision);
  if (!record.ok()) return std::move(record).error();
  auto entries = log.list(revision + 1, 1);
  if (!entries.ok()) return std::move(entries).error();
  if (entries.value().empty()) return unknown_revision(revision);
  return WholeRevision{.entry = std::move(entries.value().front()),
                       .document = std::move(record.value().document)};
}

// Runs `read` on the state thread and comes back to control with what it found.
template <typename Found>
void with_log(AdminContext& context, const AdminCallPtr& call,
              std::function<Result<Found>(RevisionLog&)> read,
              std::function<void(AdminContext&, const AdminCallPtr&, const Found&)> then) {
  context.state.post([&context, call, read = std::move(read), then = std::move(then)] {
    auto found = std::make_shared<Result<Found>>(read(context.log));
    context.controller.post([&context, call, found, then] {
      if (!found->ok()) return call->fail(found->error());
      then(context, call, found->value());
    });
  });
}

// The revision to go back to when none is named: the one before the latest, or before the one that
// the latest brought back.
Result<RevisionRecord> former_revision(const RevisionLog& log) {
  std::uint64_t undone = log.latest().revision;
  std::uint64_t restores = log.latest().restores;
  while (restores != 0) {
    auto restored = log.at(restores);
    if (!restored.ok()) return restored;
    undone = restored.value().revision;
    restores = restored.value().restores;
  }
  if (undone <= 1) return unknown_revision(0);
  return log.at(undone - 1);
}

// What an undo brings back, and what it was made of.
struct UndoTarget {
  RevisionRecord target;
  AppDocument undone;
  bool named = false;  // by the caller, who then knows what is lost
};

Result<UndoTarget> undo_target(const RevisionLog& log, std::uint64_t to) {
  const bool named = to != 0;
  auto target = named ? log.at(to) : former_revision(log);
  if (!target.ok()) {
    if (target.error().reason() != "unknown_revision") return std::move(target).error();
    // Not named in the path, so that it is no 404.
    if (!named) {
      return Error(ErrorCode::kConflict, "nothing_to_undo",
                   "there is nothing left to undo; 'to' names a revision to go to");
    }
    return Error(ErrorCode::kInvalidArgument, "unknown_revision", target.error().message())
        .with_pointer("/to");
  }
  const RevisionRecord& latest = log.latest();
  if (!named && target.value().document == latest.document) {
    return Error(ErrorCode::kConflict, "nothing_to_undo",
                 "revision " + std::to_string(target.value().revision + 1) +
                     " changed the version of a plugin and nothing else: roll the plugin back, or "
                     "name a revision to go to with 'to'");
  }
  return UndoTarget{.target = std::move(target).value(), .undone = latest.document, .named = named};
}

// `target` in the place of `undone`, and of nothing else: whoever asks for the change before to be
// taken back does not mean those that came since.
Change undo_of(const UndoTarget& undo) {
  Change replace = replace_all(undo.target.document);
  if (undo.named) return replace;
  return [replace = std::move(replace), undone = undo.undone](AppDocument& document) -> Status {
    if (document == undone) return replace(document);
    return Error(ErrorCode::kConflict, "state_moved",
                 "the state was changed while the undo was prepared");
  };
}

}  // namespace

void list_history(AdminContext& context, const AdminCallPtr& call) {
  const AdminQuery query = call->query();
  using Entries = std::vector<RevisionEntry>;
  with_log<Entries>(
      context, call, [query](RevisionLog& log) { return log.list(query.before, query.limit); },
      [](AdminContext& same, const AdminCallPtr& asked, const Entries& entries) {
        asked->reply(200, same.controller.revision(), [&entries](JsonWriter& json) {
          json.key("revisions").begin_array();
          for (const RevisionEntry& entry : entries) {
            json.begin_object();
            write_entry(entry, json);
            json.end_object();
          }
          json.end_array();
        });
      });
}

void get_revision(AdminContext& context, const AdminCallPtr& call) {
  // The route table lets through at most eighteen digits.
  const std::uint64_t revision = std::stoull(call->name());
  with_log<WholeRevision>(
      context, call, [revision](RevisionLog& log) { return read_whole(log, revision); },
      [](AdminContext& same, const AdminCallPtr& asked, const WholeRevision& whole) {
        asked->reply(200, same.controller.revision(), [&whole](JsonWriter& json) {
          write_entry(whole.entry, json);
          json.key("app");
          write_app_document(whole.document, json);
        });
      });
}

void post_undo(AdminContext& context, const AdminCallPtr& call) {
  std::vector<Error> errors;
  ObjectReader reader(call->body(), errors);
  std::uint64_t to = 0;
  reader.read("to", {1, INT64_MAX}, to);
  reader.finish();
  if (!errors.empty()) return call->fail(errors.front());
  // Compared with the revision of now on the way here; the log is read later.
  const std::optional<std::uint64_t> wanted = revision_wanted(context, *call);
  with_log<UndoTarget>(
      context, call, [to](RevisionLog& log) { return undo_target(log, to); },
      [wanted](AdminContext& same, const AdminCallPtr& asked, const UndoTarget& undo) {
        const std::uint64_t restores = undo.target.revision;
        propose_change(
            same, asked,
            {.change = undo_of(undo),
             .action = "undo",
             .object = "to " + std::to_string(restores),
             .restores = restores,
             .if_revision = wanted,
             .versions = undo.target.plugins},
            {.write = [restores](JsonWriter& json, const ChangeOutcome& outcome) {
              json.member("restores", restores).member("changed", outcome.changed).key("diff");
              write_diff(outcome.diff, json);
            }});
      });
}

}  // namespace backplane::host
