#include "host/control/sqlite_state_store.hpp"

#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <vector>

#include <doctest/doctest.h>

#include "tests/support/temporary_directory.hpp"
#include "tests/unit/control/failing_disk.hpp"

namespace backplane::host {
namespace {

// A store of its own that can be closed and opened again.
class Fixture {
 public:
  Fixture() { reopen(); }

  std::filesystem::path file() const { return directory_.path() / "state.db"; }
  SqliteStateStore& store() { return *store_; }
  void reopen() {
    store_.reset();
    auto opened = SqliteStateStore::open(file());
    REQUIRE_MESSAGE(opened.ok(), opened.error().message());
    store_ = std::move(opened).value();
  }
  std::uint64_t put(const std::string& key, const std::string& value) {
    const auto revision = store_->transact({}, {{key, value}});
    REQUIRE(revision.ok());
    return revision.value();
  }
  std::vector<std::string> keys(const StateRange& range) {
    const auto entries = store_->list(range);
    REQUIRE(entries.ok());
    std::vector<std::string> keys;
    for (const StateEntry& entry : entries.value()) keys.push_back(entry.key);
    return keys;
  }

 private:
  TemporaryDirectory directory_;
  std::unique_ptr<SqliteStateStore> store_;
};

using Keys = std::vector<std::string>;

}  // namespace

TEST_SUITE("control") {
  TEST_CASE("SqliteStateStore: what was written is there after it is opened again") {
    Fixture fixture;
    const std::string text =
        "{\"word\":\"\xc3\xa4\\u0000\",\"long\":\"" + std::string(9000, 'x') + "\"}";
    REQUIRE(fixture.put("a", "1") == 1);
    REQUIRE(fixture.put("b", text) == 2);
    REQUIRE(fixture.put("a", "") == 3);
    fixture.reopen();
    CHECK(fixture.store().get("a").value() == StateEntry{"a", "", 3});
    CHECK(fixture.store().get("b").value() == StateEntry{"b", text, 2});
    CHECK_FALSE(fixture.store().get("c").value().has_value());
    CHECK(fixture.put("c", "2") == 4);
  }

  TEST_CASE("SqliteStateStore: an erased key is absent, and can be written again") {
    Fixture fixture;
    fixture.put("a", "1");
    REQUIRE(fixture.store().transact({}, {{"a", std::nullopt}}).value() == 2);
    CHECK_FALSE(fixture.store().get("a").value().has_value());
    CHECK(fixture.keys(StateRange::of_prefix("a")).empty());
    fixture.reopen();
    REQUIRE(fixture.store().transact({{"a", 0}}, {{"a", "2"}}).value() == 3);
    CHECK(fixture.store().get("a").value() == StateEntry{"a", "2", 3});
  }

  TEST_CASE("SqliteStateStore: a transaction that changes nothing makes no revision") {
    Fixture fixture;
    fixture.put("a", "1");
    CHECK(fixture.store().transact({{"a", 1}}, {}).value() == 1);
    CHECK(fixture.store().transact({}, {{"nothing", std::nullopt}}).value() == 1);
    CHECK(fixture.put("a", "1") == 2);
  }

  TEST_CASE("SqliteStateStore: list keeps to its range, order and limit") {
    Fixture fixture;
    REQUIRE(fixture.store()
                .transact({}, {{"h/1", "x"}, {"h/3", "x"}, {"h/2", "x"}, {"g", "x"}, {"h0", "x"}})
                .ok());
    CHECK(fixture.keys(StateRange::of_prefix("h/")) == Keys{"h/1", "h/2", "h/3"});
    CHECK(fixture.keys({.from = "h/2", .until = ""}) == Keys{"h/2", "h/3", "h0"});
    CHECK(fixture.keys({.from = "h/", .until = "h/3", .limit = 1, .descending = true}) ==
          Keys{"h/2"});
  }

  TEST_CASE("SqliteStateStore: when a compare does not hold, nothing of the transaction is done") {
    Fixture fixture;
    fixture.put("a", "1");
    for (const StateCompare& compare : {StateCompare{"a", 0}, {"a", 2}, {"b", 1}}) {
      const auto refused = fixture.store().transact({{"a", 1}, compare}, {{"a", "2"}, {"b", "2"}});
      REQUIRE_FALSE(refused.ok());
      CHECK(refused.error().code() == ErrorCode::kStale);
    }
    CHECK(fixture.store().get("a").value() == StateEntry{"a", "1", 1});
    CHECK_FALSE(fixture.store().get("b").value().has_value());
    CHECK(fixture.store().transact({{"a", 1}, {"b", 0}}, {{"a", "2"}, {"b", "2"}}).value() == 2);
  }

  TEST_CASE("SqliteStateStore: watch tells the newest state of what changed since") {
    Fixture fixture;
    fixture.put("a", "1");
    fixture.put("b", "1");
    fixture.put("a", "2");
    REQUIRE(fixture.store().transact({}, {{"b", std::nullopt}, {"c", "1"}}).ok());
    fixture.reopen();
    const auto all = fixture.store().watch(1);
    REQUIRE(all.ok());
    CHECK(all.value().revision == 4);
    CHECK(all.value().changes ==
          std::vector<StateChange>{{"a", "2", 3}, {"b", std::nullopt, 4}, {"c", "1", 4}});
    CHECK(fixture.store().watch(3).value().changes.size() == 2);
    CHECK(fixture.store().watch(4).value().changes.empty());
  }

  TEST_CASE("SqliteStateStore: a watcher that is too far behind is told so") {
    FailingDisk disk;
    disk.skip_syncs();
    Fixture fixture;
    fixture.put("a", "1");
    REQUIRE(fixture.store().transact({}, {{"a", std::nullopt}}).ok());
    for (std::uint64_t i = 0; i < SqliteStateStore::kKeptErasures; ++i) fixture.put("b", "x");
    const auto late = fixture.store().watch(1);
    REQUIRE_FALSE(late.ok());
    CHECK(late.error().reason() == "compacted");
    CHECK(fixture.store().watch(2).value().changes.size() == 1);
  }

  TEST_CASE("SqliteStateStore: the database alone, without its log, holds what was acknowledged") {
    Fixture fixture;
    fixture.put("a", "1");
    const TemporaryDirectory elsewhere;
    std::filesystem::copy_file(fixture.file(), elsewhere.path() / "copy.db");
    const auto copy = SqliteStateStore::open(elsewhere.path() / "copy.db");
    REQUIRE(copy.ok());
    CHECK(copy.value()->get("a").value() == StateEntry{"a", "1", 1});
  }

  TEST_CASE("SqliteStateStore: nobody but its owner may read it, and no one else use it") {
    Fixture fixture;
    fixture.put("a", "1");
    for (const auto& file : std::filesystem::directory_iterator(fixture.file().parent_path())) {
      CAPTURE(file.path().string());
      struct stat status {};
      REQUIRE(stat(file.path().c_str(), &status) == 0);
      CHECK((status.st_mode & 0777U) == 0600U);
    }
    const auto second = SqliteStateStore::open(fixture.file());
    REQUIRE_FALSE(second.ok());
    CHECK(second.error().reason() == "store_busy");
  }
}

}  // namespace backplane::host
