#include <filesystem>
#include <fstream>
#include <iterator>
#include <sqlite3.h>
#include <string>

#include <doctest/doctest.h>

#include "host/control/sqlite_state_store.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/unit/control/failing_disk.hpp"

namespace backplane::host {
namespace {

using Opened = Result<std::unique_ptr<SqliteStateStore>>;

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
}

// A store's file after two transactions, closed.
struct ClosedStore {
  TemporaryDirectory directory;
  std::filesystem::path file = directory.path() / "state.db";
  ClosedStore() {
    Opened store = SqliteStateStore::open(file);
    REQUIRE(store.ok());
    REQUIRE(store.value()->transact({}, {{"a", "1"}, {"b", std::string(6000, 'b')}}).ok());
    REQUIRE(store.value()->transact({}, {{"a", "2"}}).ok());
  }
};

bool holds_the_second(SqliteStateStore& store) {
  const auto a = store.get("a");
  const auto b = store.get("b");
  return a.ok() && a.value() == StateEntry{"a", "2", 2} && b.ok() &&
         b.value() == StateEntry{"b", std::string(6000, 'b'), 1};
}

// Runs one transaction on a disk that fails at its call number `step` with `code`; false when it
// needs fewer. Either all of it is there afterwards or nothing.
bool transact_failing_at(std::size_t step, int code, const std::string& reason) {
  FailingDisk disk;
  ClosedStore closed;
  Opened store = SqliteStateStore::open(closed.file);
  REQUIRE(store.ok());
  disk.fail(step, code);
  const auto written = store.value()->transact({}, {{"a", "3"}, {"c", "3"}});
  if (!disk.failed()) return false;
  CAPTURE(step);
  if (!written.ok()) CHECK(written.error().reason() == reason);
  const std::string expected = written.ok() ? "3" : "2";
  CHECK(store.value()->get("a").value()->value == expected);
  CHECK(store.value()->get("c").value().has_value() == written.ok());

  const auto again = store.value()->transact({}, {{"d", "4"}});
  CHECK(again.ok() == (code == SQLITE_FULL));
  if (!again.ok()) CHECK(again.error().reason() == "store_failed");
  CHECK(store.value()->get("a").value()->value == expected);

  store.value().reset();
  store = SqliteStateStore::open(closed.file);
  REQUIRE(store.ok());
  const bool whole = store.value()->get("c").value().has_value();
  CHECK((whole || !written.ok()));
  CHECK(store.value()->get("a").value()->value == (whole ? "3" : "2"));
  CHECK(store.value()->get("d").value().has_value() == again.ok());
  return true;
}

}  // namespace

TEST_SUITE("control") {
  TEST_CASE(
      "84 SqliteStateStore: a disk that is full at any write refuses, and the next may pass") {
    std::size_t step = 0;
    while (transact_failing_at(step, SQLITE_FULL, "store_full")) ++step;
    CHECK(step > 4);
  }

  TEST_CASE(
      "84 SqliteStateStore: after an error of the disk nothing is taken until the next start") {
    std::size_t step = 0;
    while (transact_failing_at(step, SQLITE_IOERR_FSYNC, "store_failed")) ++step;
    CHECK(step > 4);
  }

  TEST_CASE("83 SqliteStateStore: a flipped bit is refused, or does not matter") {
    const ClosedStore closed;
    const std::string good = bytes_of(closed.file);
    std::size_t refused = 0;
    // 251 is prime, so that every kind of place is met; the header's first bytes are tried too.
    for (std::size_t at = 0; at < good.size(); at += at < 100 ? 7 : 251) {
      CAPTURE(at);
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ 0x10);
      write(closed.file, bad);
      Opened store = SqliteStateStore::open(closed.file);
      if (store.ok()) {
        CHECK(holds_the_second(*store.value()));
      } else {
        ++refused;
        const std::string_view reason = store.error().reason();
        CHECK_MESSAGE((reason == "state_corrupt" || reason == "state_newer"),
                      store.error().message());
      }
    }
    CHECK(refused > 20);
  }

  TEST_CASE("83 SqliteStateStore: a value that changed on the disk is refused, with what to do") {
    const ClosedStore closed;
    std::string bytes = bytes_of(closed.file);
    bytes[bytes.find("bbbbbb") + 3] = 'c';
    write(closed.file, bytes);
    const Opened store = SqliteStateStore::open(closed.file);
    REQUIRE_FALSE(store.ok());
    CHECK(store.error().reason() == "state_corrupt");
    CHECK(
        store.error().message() ==
        "state database '" + closed.file.string() +
            "': the state store is damaged: the checksum of "
            "'b' does not fit what it holds; put a backup in its place, or move every 'state.db*' "
            "away: the host then begins with its app document");
  }

  TEST_CASE("83 SqliteStateStore: a key that changed on the disk is refused, also in the index") {
    const TemporaryDirectory directory;
    const std::filesystem::path file = directory.path() / "state.db";
    REQUIRE(SqliteStateStore::open(file).value()->transact({}, {{"backends/a", "1"}}).ok());
    const std::string good = bytes_of(file);
    std::size_t places = 0;
    for (auto at = good.find("backends/a"); at != std::string::npos;
         at = good.find("backends/a", at + 1)) {
      ++places;
      std::string bad = good;
      bad[at + 9] = 'b';
      write(file, bad);
      const Opened store = SqliteStateStore::open(file);
      REQUIRE_FALSE(store.ok());
      CHECK(store.error().reason() == "state_corrupt");
    }
    CHECK(places == 2);
  }

  TEST_CASE("83 SqliteStateStore: a file that was cut short or emptied is refused") {
    const ClosedStore closed;
    const std::string good = bytes_of(closed.file);
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{50}, good.size() / 2, good.size() - 1}) {
      CAPTURE(size);
      write(closed.file, good.substr(0, size));
      const Opened store = SqliteStateStore::open(closed.file);
      REQUIRE_FALSE(store.ok());
      CHECK(store.error().reason() == "state_corrupt");
    }
    // Its end in zeros: a write that never reached the disk.
    write(closed.file, good.substr(0, good.size() - 4096) + std::string(4096, '\0'));
    CHECK_FALSE(SqliteStateStore::open(closed.file).ok());
  }

  TEST_CASE("83 SqliteStateStore: a log without its database is refused") {
    const ClosedStore closed;
    std::filesystem::remove(closed.file);
    write(closed.file.string() + "-wal", "x");
    const Opened store = SqliteStateStore::open(closed.file);
    REQUIRE_FALSE(store.ok());
    CHECK(store.error().reason() == "state_corrupt");
    CHECK_FALSE(std::filesystem::exists(closed.file));
  }

  TEST_CASE("82 SqliteStateStore: what a first start left half done does not stop the next") {
    const TemporaryDirectory directory;
    write(directory.path() / "state.db.new", "half of a database");
    write(directory.path() / "state.db.new-journal", "its journal");
    const Opened store = SqliteStateStore::open(directory.path() / "state.db");
    REQUIRE(store.ok());
    CHECK_FALSE(std::filesystem::exists(directory.path() / "state.db.new"));
  }
}

}  // namespace backplane::host
