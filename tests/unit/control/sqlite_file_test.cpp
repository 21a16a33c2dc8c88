#include "host/control/sqlite_file.hpp"

#include <fstream>
#include <iterator>
#include <sqlite3.h>
#include <string>

#include <Poco/Data/Session.h>
#include <Poco/Data/Statement.h>
#include <doctest/doctest.h>

#include "tests/support/temporary_directory.hpp"

namespace backplane::host {
namespace {

using Poco::Data::Keywords::into;
using Poco::Data::Keywords::now;

constexpr std::int32_t kMark = 0x1234;
const std::string table = "CREATE TABLE t (x TEXT); INSERT INTO t VALUES ('kept')";
const std::string column = "ALTER TABLE t ADD COLUMN y TEXT NOT NULL DEFAULT 'new'";

struct Database {
  TemporaryDirectory directory;
  std::filesystem::path file = directory.path() / "test.db";

  std::string bytes() const {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
};

template <typename Value>
Value read(Poco::Data::Session& session, const std::string& sql) {
  Value value{};
  session << sql, into(value), now;
  return value;
}

}  // namespace

TEST_SUITE("control") {
  TEST_CASE("open_sqlite: an older version is brought up, step by step, and keeps what it holds") {
    const Database database;
    REQUIRE(open_sqlite(database.file, {kMark, {}}).ok());  // version 0
    REQUIRE(open_sqlite(database.file, {kMark, {table}}).ok());
    const auto session = open_sqlite(database.file, {kMark, {table, column}});
    REQUIRE(session.ok());
    CHECK(read<std::int64_t>(*session.value(), "PRAGMA user_version") == 2);
    CHECK(read<std::string>(*session.value(), "SELECT x || ' ' || y FROM t") == "kept new");
  }

  TEST_CASE("open_sqlite: a step that fails leaves the version before it") {
    const Database database;
    REQUIRE(open_sqlite(database.file, {kMark, {table}}).ok());
    CHECK_FALSE(open_sqlite(database.file, {kMark, {table, column + "; nonsense"}}).ok());
    const auto session = open_sqlite(database.file, {kMark, {table, column}});
    REQUIRE(session.ok());
    CHECK(read<std::string>(*session.value(), "SELECT y FROM t") == "new");
  }

  TEST_CASE("94 open_sqlite: a later version is refused, and not touched") {
    const Database database;
    REQUIRE(open_sqlite(database.file, {kMark, {table, column}}).ok());
    const std::string before = database.bytes();
    // A log is left, which closing would move into the database.
    const auto log = database.file.string() + "-wal";
    REQUIRE(std::filesystem::file_size(log) > 0);
    const auto refused = open_sqlite(database.file, {kMark, {table}});
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().reason() == "state_newer");
    CHECK(refused.error().message() ==
          "it has version 2, and this program knows up to 1; start the program that made it");
    CHECK(database.bytes() == before);
    CHECK(open_sqlite(database.file, {kMark, {table, column}}).ok());
  }

  TEST_CASE("open_sqlite: a database that another program made is refused") {
    const Database database;
    sqlite3* other = nullptr;
    REQUIRE(sqlite3_open(database.file.c_str(), &other) == SQLITE_OK);
    REQUIRE(sqlite3_exec(other, "CREATE TABLE t (x)", nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(other);
    const std::string before = database.bytes();
    const auto refused = open_sqlite(database.file, {kMark, {table}});
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().reason() == "state_corrupt");
    CHECK(database.bytes() == before);
  }

  TEST_CASE("open_sqlite: commits go through a log, and are on the disk when they return") {
    const Database database;
    const auto session = open_sqlite(database.file, {kMark, {table}});
    REQUIRE(session.ok());
    CHECK(read<std::string>(*session.value(), "PRAGMA journal_mode") == "wal");
    CHECK(read<std::int64_t>(*session.value(), "PRAGMA synchronous") == 2);
  }

  TEST_CASE("open_sqlite: a directory that is not there, or a file that is none, is refused") {
    const Database database;
    CHECK(open_sqlite(database.directory.path() / "none/test.db", {kMark, {}}).error().reason() ==
          "store_failed");
    std::filesystem::create_directory(database.file);
    CHECK(open_sqlite(database.file, {kMark, {}}).error().reason() == "store_failed");
  }
}

}  // namespace backplane::host
