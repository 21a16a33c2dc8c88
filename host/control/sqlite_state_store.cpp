#include "host/control/sqlite_state_store.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <Poco/Checksum.h>
#include <Poco/Data/Session.h>
#include <Poco/Data/Statement.h>

#include "host/base/log.hpp"
#include "host/control/sqlite_fence.hpp"
#include "host/control/state_schema.hpp"

namespace backplane::host {
namespace {

using Poco::Data::Statement;
using Poco::Data::Keywords::bind;
using Poco::Data::Keywords::into;
using Poco::Data::Keywords::now;

// The columns of `objects`, as Rows takes them. A row whose value is NULL stands for an erased key.
constexpr const char* kSelect =
    "SELECT key, ifnull(value, ''), value IS NULL, mod_revision, checksum FROM objects ";

std::int64_t checksum(std::string_view key, const std::optional<std::string>& value,
                      std::uint64_t mod_revision) {
  Poco::Checksum sum(Poco::Checksum::TYPE_CRC32);
  sum.update(std::to_string(mod_revision) + "\n");
  sum.update(std::string(key) + "\n");
  sum.update(value ? "=" + *value : std::string());
  return sum.checksum();
}

// What a SELECT of the columns above found; Poco fills column by column.
class Rows {
 public:
  template <typename... Values>
  Rows(Poco::Data::Session& session, const std::string& rest, const Values&... values) {
    Statement select(session);
    select << kSelect << rest, into(keys_), into(values_), into(erased_), into(mod_revisions_),
        into(checksums_);
    (static_cast<void>((select, bind(values))), ...);
    select.execute();
  }

  // kUnavailable "state_corrupt": a row is not what was written.
  Result<std::vector<StateChange>> take() && {
    std::vector<StateChange> found;
    found.reserve(keys_.size());
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      StateChange change{.key = std::move(keys_[i]),
                         .value = std::nullopt,
                         .mod_revision = static_cast<std::uint64_t>(mod_revisions_[i])};
      if (erased_[i] == 0) change.value = std::move(values_[i]);
      if (checksum(change.key, change.value, change.mod_revision) != checksums_[i]) {
        return Error(ErrorCode::kUnavailable, "state_corrupt",
                     "the state store is damaged: the checksum of '" + change.key +
                         "' does not fit what it holds");
      }
      found.push_back(std::move(change));
    }
    return found;
  }

 private:
  std::vector<std::string> keys_;
  std::vector<std::string> values_;
  std::vector<std::int64_t> erased_;
  std::vector<std::int64_t> mod_revisions_;
  std::vector<std::int64_t> checksums_;
};

template <typename... Values>
Result<std::vector<StateChange>> select(Poco::Data::Session& session, const std::string& rest,
                                        const Values&... values) {
  auto rows = fenced(session, [&] { return Rows(session, rest, values...); });
  if (!rows.ok()) return std::move(rows).error();
  return std::move(rows).value().take();
}

std::vector<StateEntry> entries(std::vector<StateChange> rows) {
  std::vector<StateEntry> entries;
  entries.reserve(rows.size());
  for (StateChange& row : rows) {
    entries.push_back({.key = std::move(row.key),
                       .value = std::move(row.value).value_or(""),
                       .mod_revision = row.mod_revision});
  }
  return entries;
}

// Whether the next transaction may succeed. After a failed fsync the kernel may have dropped what
// it could not write, and a second one would say that all is well.
bool is_passing(const Error& error) {
  return error.code() == ErrorCode::kInsufficientStorage || error.reason() == "store_busy";
}

Error in_file(Error error, const std::filesystem::path& file) {
  error = std::move(error).with_context("state database '" + file.string() + "'");
  if (error.reason() != "state_corrupt") return error;
  return {error.code(), "state_corrupt",
          error.message() + "; put a backup in its place, or move every 'state.db*' away: " +
              "the host then begins with its app document"};
}

}  // namespace

SqliteStateStore::SqliteStateStore(std::unique_ptr<Poco::Data::Session> session)
    : session_(std::move(session)) {}

SqliteStateStore::~SqliteStateStore() = default;

Result<std::unique_ptr<SqliteStateStore>> SqliteStateStore::open(
    const std::filesystem::path& file) {
  auto session = open_sqlite(file, state_schema());
  if (!session.ok()) return in_file(std::move(session).error(), file);
  std::unique_ptr<SqliteStateStore> store(new SqliteStateStore(std::move(session).value()));
  Status whole = store->verify();
  if (!whole.ok()) return in_file(std::move(whole).error(), file);
  store->empty_log();
  return store;
}

Status SqliteStateStore::verify() {
  auto rows = select(*session_, "ORDER BY mod_revision");
  if (!rows.ok()) return std::move(rows).error();
  if (!rows.value().empty()) revision_ = rows.value().back().mod_revision;
  return {};
}

Result<std::optional<StateEntry>> SqliteStateStore::get(std::string_view key) {
  auto rows = select(*session_, "WHERE key = ? AND value IS NOT NULL", std::string(key));
  if (!rows.ok()) return std::move(rows).error();
  if (rows.value().empty()) return std::optional<StateEntry>();
  return std::optional(std::move(entries(std::move(rows).value()).front()));
}

Result<std::vector<StateEntry>> SqliteStateStore::list(const StateRange& range) {
  const std::string order = range.descending ? "DESC" : "ASC";
  const std::int64_t limit = range.limit == 0 ? -1 : static_cast<std::int64_t>(range.limit);
  auto rows = select(*session_,
                     "WHERE key >= ? AND (? = '' OR key < ?) AND value IS NOT NULL ORDER BY key " +
                         order + " LIMIT ?",
                     range.from, range.until, range.until, limit);
  if (!rows.ok()) return std::move(rows).error();
  return entries(std::move(rows).value());
}

Result<StateChanges> SqliteStateStore::watch(std::uint64_t from) {
  if (revision_ > kKeptErasures && from < revision_ - kKeptErasures) {
    return Error(ErrorCode::kStale, "compacted",
                 "revision " + std::to_string(from) + " is too long ago; the store is at " +
                     std::to_string(revision_));
  }
  auto rows = select(*session_, "WHERE mod_revision > ? ORDER BY mod_revision, key",
                     static_cast<std::int64_t>(from));
  if (!rows.ok()) return std::move(rows).error();
  return StateChanges{.revision = revision_, .changes = std::move(rows).value()};
}

Result<std::uint64_t> SqliteStateStore::transact(const std::vector<StateCompare>& compares,
                                                 const std::vector<StateOperation>& operations) {
  if (poison_) return *poison_;
  auto outcome = fenced(*session_, [&] { return commit(compares, operations); });
  if (outcome.ok()) {
    if (outcome.value().ok()) empty_log();
    return std::move(outcome).value();
  }
  const Status undone = fenced(*session_, [this] {
    // SQLite has ended it already after most errors.
    if (in_transaction(*session_)) *session_ << "ROLLBACK", now;
  });
  if (undone.ok() && is_passing(outcome.error())) return std::move(outcome).error();
  poison(outcome.error());
  // Its bytes may have reached the log all the same, whole, and then the next start finds them.
  const Error& failed = outcome.error();
  return Error(failed.code(), std::string(failed.reason()),
               failed.message() +
                   "; it is not in force, and whether it was written is known after "
                   "the next start");
}

Result<std::uint64_t> SqliteStateStore::commit(const std::vector<StateCompare>& compares,
                                               const std::vector<StateOperation>& operations) {
  *session_ << "BEGIN IMMEDIATE", now;
  for (const StateCompare& compare : compares) {
    std::int64_t found = 0;
    *session_ << "SELECT mod_revision FROM objects WHERE key = ? AND value IS NOT NULL",
        into(found), bind(compare.key), now;
    if (static_cast<std::uint64_t>(found) == compare.mod_revision) continue;
    *session_ << "ROLLBACK", now;
    return Error(ErrorCode::kStale, "'" + compare.key + "' is at revision " +
                                        std::to_string(found) + " of the store, not at " +
                                        std::to_string(compare.mod_revision));
  }
  const std::uint64_t revision = revision_ + 1;
  bool changed = false;
  for (const StateOperation& operation : operations) {
    if (write(operation, revision)) changed = true;
  }
  if (!changed) {
    *session_ << "ROLLBACK", now;
    return revision_;
  }
  if (revision > kKeptErasures) {
    *session_ << "DELETE FROM objects WHERE value IS NULL AND mod_revision <= ?",
        bind(static_cast<std::int64_t>(revision - kKeptErasures)), now;
  }
  *session_ << "COMMIT", now;
  revision_ = revision;
  return revision;
}

bool SqliteStateStore::write(const StateOperation& operation, std::uint64_t revision) {
  const std::int64_t sum = checksum(operation.key, operation.value, revision);
  const auto number = static_cast<std::int64_t>(revision);
  Statement statement(*session_);
  if (operation.value) {
    statement << "INSERT INTO objects (key, value, mod_revision, checksum) VALUES (?, ?, ?, ?) "
                 "ON CONFLICT (key) DO UPDATE SET value = excluded.value, "
                 "mod_revision = excluded.mod_revision, checksum = excluded.checksum",
        bind(operation.key), bind(*operation.value), bind(number), bind(sum);
  } else {
    statement << "UPDATE objects SET value = NULL, mod_revision = ?, checksum = ? "
                 "WHERE key = ? AND value IS NOT NULL",
        bind(number), bind(sum), bind(operation.key);
  }
  return statement.execute() > 0;
}

void SqliteStateStore::empty_log() {
  const Status emptied =
      fenced(*session_, [this] { *session_ << "PRAGMA wal_checkpoint(TRUNCATE)", now; });
  if (emptied.ok()) return;
  // The transaction is durable all the same, in the log.
  log_warning("state", "the log could not be emptied: " + emptied.error().message());
  if (!is_passing(emptied.error())) poison(emptied.error());
}

void SqliteStateStore::poison(const Error& error) {
  log_error("state", "no more changes until the next start: " + error.message());
  poison_ = Error(ErrorCode::kUnavailable, "store_failed",
                  "no change is taken until the host is started again: " + error.message());
}

}  // namespace backplane::host
