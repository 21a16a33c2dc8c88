#include "host/control/sqlite_file.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <Poco/AutoPtr.h>
#include <Poco/Data/SQLite/SessionImpl.h>
#include <Poco/Data/SQLite/Utility.h>
#include <Poco/Data/Session.h>
#include <Poco/Data/Statement.h>

#include "host/control/sqlite_fence.hpp"
#include "host/control/sync_directory.hpp"
#include "host/plugin/file_descriptor.hpp"

namespace backplane::host {
namespace {

using Poco::Data::Session;
using Poco::Data::Keywords::into;
using Poco::Data::Keywords::now;

// Poco tries again for a minute by default, while a host waits to start.
constexpr std::size_t kNoPatience = 0;

Error failed(const std::string& what, int error) {
  return {ErrorCode::kUnavailable, "store_failed",
          what + ": " + std::generic_category().message(error)};
}

// SQLite's own files are for their owner only when the database is; history may hold secrets.
Status make_private_file(const std::filesystem::path& file) {
  const FileDescriptor fd(
      open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (fd.valid()) return {};
  return failed("the state database cannot be made", errno);
}

Result<std::unique_ptr<Session>> connect(const std::filesystem::path& file) {
  std::unique_ptr<Session> session;
  try {
    session = std::make_unique<Session>(Poco::AutoPtr<Poco::Data::SessionImpl>(
        new Poco::Data::SQLite::SessionImpl(file.string(), kNoPatience)));
  } catch (const Poco::Exception& thrown) {
    return Error(ErrorCode::kUnavailable, "store_failed",
                 "the state database cannot be opened: " + thrown.displayText());
  }
  const Status set = fenced(*session, [&session] {
    // Another process holds the database for a moment (a copy is made) or for good: soon clear.
    *session << "PRAGMA busy_timeout = 200", now;
    // Without a shared index, whose file would need room on a disk that may be full.
    *session << "PRAGMA locking_mode = EXCLUSIVE", now;
    *session << "PRAGMA synchronous = FULL", now;
    *session << "PRAGMA trusted_schema = OFF", now;
    *session << "PRAGMA cell_size_check = ON", now;
    // KiB. The history is written and hardly ever read: without a bound a host grows by 2 MiB in
    // its first thousands of changes.
    *session << "PRAGMA cache_size = -256", now;
    // The log is emptied after every commit, where an error can be seen (SqliteStateStore).
    *session << "PRAGMA wal_autocheckpoint = 0", now;
  });
  if (!set.ok()) return set.error();
  return session;
}

std::int64_t number(Session& session, const std::string& sql) {
  std::int64_t value = 0;
  session << sql, into(value), now;
  return value;
}

std::string text(Session& session, const std::string& sql) {
  std::string value;
  session << sql, into(value), now;
  return value;
}

// Under another name until it is whole: a state database that is empty is then always one that was
// damaged, never one whose first start was cut short.
Status create(const std::filesystem::path& file, const SqliteSchema& schema) {
  if (access((file.string() + "-wal").c_str(), F_OK) == 0) {
    return Error(ErrorCode::kUnavailable, "state_corrupt",
                 "there is a log of the state database, and no database");
  }
  const std::filesystem::path fresh = file.string() + ".new";
  for (const char* const suffix : {"", "-journal", "-wal", "-shm"}) {
    unlink((fresh.string() + suffix).c_str());
  }
  Status made = make_private_file(fresh);
  if (!made.ok()) return made;
  {
    auto session = connect(fresh);
    if (!session.ok()) return std::move(session).error();
    Status marked = fenced(*session.value(), [&] {
      *session.value() << "PRAGMA application_id = " + std::to_string(schema.application_id), now;
    });
    if (!marked.ok()) return marked;
  }
  if (rename(fresh.c_str(), file.c_str()) != 0) {
    return failed("the state database cannot be named", errno);
  }
  return sync_directory(file.parent_path());
}

// Reads only: what is not ours, or from a later version, is not to be touched.
Status identify(Session& session, const SqliteSchema& schema) {
  auto read = fenced(session, [&session] {
    return std::pair(number(session, "PRAGMA application_id"),
                     number(session, "PRAGMA user_version"));
  });
  if (!read.ok()) return std::move(read).error();
  const auto [mark, version] = read.value();
  if (mark != schema.application_id) {
    return Error(ErrorCode::kUnavailable, "state_corrupt",
                 "it is no state database: application_id is " + std::to_string(mark) +
                     " instead of " + std::to_string(schema.application_id));
  }
  const auto newest = static_cast<std::int64_t>(schema.steps.size());
  if (version < 0 || version > newest) {
    return Error(ErrorCode::kUnavailable, "state_newer",
                 "it has version " + std::to_string(version) + ", and this program knows up to " +
                     std::to_string(newest) + "; start the program that made it");
  }
  return {};
}

Status check(Session& session) {
  auto verdict = fenced(session, [&session] { return text(session, "PRAGMA integrity_check(1)"); });
  if (!verdict.ok()) return std::move(verdict).error();
  if (verdict.value() == "ok") return {};
  // It comes on two lines, and a host that does not start says why in one.
  std::replace(verdict.value().begin(), verdict.value().end(), '\n', ' ');
  return Error(ErrorCode::kUnavailable, "state_corrupt",
               "the state store is damaged: " + verdict.value());
}

Status prepare(Session& session, const SqliteSchema& schema) {
  auto mode = fenced(session, [&] { return text(session, "PRAGMA journal_mode = WAL"); });
  if (!mode.ok()) return std::move(mode).error();
  if (mode.value() != "wal") {
    return Error(ErrorCode::kUnavailable, "store_failed",
                 "the state database keeps its journal as '" + mode.value() + "', not as 'wal'");
  }
  return fenced(session, [&] {
    auto version = static_cast<std::size_t>(number(session, "PRAGMA user_version"));
    for (; version < schema.steps.size(); ++version) {
      session << "BEGIN IMMEDIATE", now;
      session << schema.steps[version], now;
      session << "PRAGMA user_version = " + std::to_string(version + 1), now;
      session << "COMMIT", now;
    }
  });
}

}  // namespace

Result<std::unique_ptr<Session>> open_sqlite(const std::filesystem::path& file,
                                             const SqliteSchema& schema) {
  if (access(file.c_str(), F_OK) != 0) {
    if (errno != ENOENT) return failed("the state database cannot be reached", errno);
    Status created = create(file, schema);
    if (!created.ok()) return std::move(created).error();
  }
  auto session = connect(file);
  if (!session.ok()) return session;
  // Closing must not move a log into a database that was refused.
  sqlite3_db_config(Poco::Data::SQLite::Utility::dbHandle(*session.value()),
                    SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  Status ready = identify(*session.value(), schema);
  if (ready.ok()) ready = check(*session.value());
  if (ready.ok()) ready = prepare(*session.value(), schema);
  if (!ready.ok()) return std::move(ready).error();
  return session;
}

}  // namespace backplane::host
