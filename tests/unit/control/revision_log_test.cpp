#include "host/control/revision_log.hpp"

#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "host/control/sqlite_state_store.hpp"
#include "tests/support/memory_state_store.hpp"
#include "tests/support/temporary_directory.hpp"

namespace backplane::host {
namespace {

// A document that differs for every `number`: backend "b" with that many replicas, and an endpoint
// in every second one.
AppDocument document(std::uint32_t number) {
  AppDocument document;
  BackendSpec spec;
  spec.tag = "b";
  spec.plugin = "hello";
  spec.handler = "hello";
  spec.init_json = R"({"text":"a\nb"})";
  spec.config.num_replicas = number;
  document.backends.emplace("b", spec);
  EndpointSpec endpoint;
  endpoint.name = "e";
  endpoint.route = "/e";
  endpoint.traffic = {{"b", 1.0}};
  if (number % 2 == 0) document.endpoints.emplace("e", endpoint);
  return document;
}

RevisionRecord record(std::uint32_t number) {
  RevisionRecord record;
  record.revision = number;
  record.time = WallTime(std::chrono::seconds(1'767'323'045 + number));
  record.author = "local";
  record.action = "change " + std::to_string(number);
  record.restores = number == 4 ? 2 : 0;
  record.document = document(number);
  record.plugins = {{"hello", {.sha256 = "v" + std::to_string(number / 5), .previous = "v0"}}};
  return record;
}

RevisionLog opened(StateStore& store) {
  auto log = RevisionLog::open(store);
  REQUIRE_MESSAGE(log.ok(), log.error().message());
  return std::move(log).value();
}

void append_up_to(RevisionLog& log, std::uint32_t last) {
  for (auto i = static_cast<std::uint32_t>(log.latest().revision) + 1; i <= last; ++i) {
    REQUIRE(log.append(record(i)).ok());
  }
}

void check_same(const RevisionRecord& found, const RevisionRecord& wanted) {
  CHECK(found.revision == wanted.revision);
  CHECK(found.time == wanted.time);
  CHECK(found.author == wanted.author);
  CHECK(found.action == wanted.action);
  CHECK(found.restores == wanted.restores);
  CHECK(found.document == wanted.document);
  CHECK(found.plugins == wanted.plugins);
}

}  // namespace

TEST_SUITE("control") {
  TEST_CASE("RevisionLog: before the first revision there is an empty document") {
    MemoryStateStore store;
    const RevisionLog log = opened(store);
    CHECK(log.latest().revision == 0);
    CHECK(log.latest().document == AppDocument{});
    CHECK(log.at(0).error().reason() == "unknown_revision");
    CHECK(log.list(0, 10).value().empty());
  }

  TEST_CASE("RevisionLog: every revision comes back as it was made, also from another start") {
    const TemporaryDirectory directory;
    {
      auto store = SqliteStateStore::open(directory.path() / "state.db");
      REQUIRE(store.ok());
      RevisionLog log = opened(*store.value());
      append_up_to(log, 5);
    }
    auto store = SqliteStateStore::open(directory.path() / "state.db");
    REQUIRE(store.ok());
    const RevisionLog log = opened(*store.value());
    check_same(log.latest(), record(5));
    for (std::uint32_t i = 1; i <= 5; ++i) {
      const auto found = log.at(i);
      REQUIRE(found.ok());
      check_same(found.value(), record(i));
    }
    CHECK(log.at(6).error().code() == ErrorCode::kNotFound);
  }

  TEST_CASE("RevisionLog: the present objects lie under keys of their own") {
    MemoryStateStore store;
    RevisionLog log = opened(store);
    append_up_to(log, 2);
    CHECK(store.entries().at("backends/b").value.starts_with(R"({"plugin":"hello",)"));
    CHECK(store.entries().at("endpoints/e").value.starts_with(R"({"route":"/e",)"));
    append_up_to(log, 3);
    CHECK_FALSE(store.entries().contains("endpoints/e"));
  }

  TEST_CASE("RevisionLog: the list is newest first and says what each revision changed") {
    MemoryStateStore store;
    RevisionLog log = opened(store);
    append_up_to(log, 5);
    const auto entries = log.list(0, 2);
    REQUIRE(entries.ok());
    REQUIRE(entries.value().size() == 2);
    CHECK(entries.value()[0].revision == 5);
    CHECK(entries.value()[0].action == "change 5");
    CHECK(entries.value()[0].diff.back() ==
          DocumentChange{.path = "/plugins/hello", .from = R"("v0")", .to = R"("v1")"});
    CHECK(entries.value()[1].restores == 2);
    CHECK(entries.value()[1].diff == diff(document(3), document(4)));
    const auto older = log.list(3, 10);
    REQUIRE(older.ok());
    REQUIRE(older.value().size() == 2);
    CHECK(older.value()[1].revision == 1);
    CHECK(older.value()[1].diff == diff(AppDocument{}, document(1)));
    CHECK(log.list(0, 0).value().empty());
  }

  TEST_CASE("RevisionLog: a revision that is not the next one is refused") {
    MemoryStateStore store;
    RevisionLog log = opened(store);
    append_up_to(log, 2);
    for (const std::uint32_t wrong : {1U, 2U, 4U}) {
      CHECK(log.append(record(wrong)).error().code() == ErrorCode::kStale);
    }
    check_same(log.latest(), record(2));
  }

  TEST_CASE("RevisionLog: of two writers only one makes the next revision") {
    MemoryStateStore store;
    RevisionLog log = opened(store);
    append_up_to(log, 2);
    RevisionLog other = opened(store);
    REQUIRE(other.append(record(3)).ok());
    CHECK(log.append(record(3)).error().code() == ErrorCode::kStale);
    check_same(opened(store).latest(), record(3));
  }

  TEST_CASE("84 RevisionLog: when the store fails, the log is where it was") {
    MemoryStateStore store;
    RevisionLog log = opened(store);
    append_up_to(log, 2);
    store.fail_with(Error(ErrorCode::kInsufficientStorage, "store_full", "full"));
    CHECK(log.append(record(3)).error().reason() == "store_full");
    store.recover();
    check_same(log.latest(), record(2));
    check_same(log.at(2).value(), record(2));
    REQUIRE(log.append(record(3)).ok());
    check_same(opened(store).latest(), record(3));
  }

  TEST_CASE("RevisionLog: old revisions go, and those that are kept stay whole") {
    MemoryStateStore store;
    RevisionLog log = opened(store);
    const auto last = static_cast<std::uint32_t>(RevisionLog::kKept) + 2;
    append_up_to(log, last);
    const RevisionLog again = opened(store);
    CHECK(again.at(2).error().reason() == "unknown_revision");
    check_same(again.at(3).value(), record(3));
    CHECK(again.list(0, 2 * RevisionLog::kKept).value().size() == RevisionLog::kKept);
  }

  TEST_CASE("83 RevisionLog: a store that contradicts itself is refused") {
    MemoryStateStore store;
    RevisionLog log = opened(store);
    append_up_to(log, 4);
    auto& entries = store.entries();
    const auto oldest = entries.lower_bound("history/");
    SUBCASE("a revision is missing") {
      entries.erase(std::next(oldest));
    }
    SUBCASE("the newest revision is missing") {
      entries.erase(std::next(oldest, 3));
    }
    SUBCASE("all of them are") {
      entries.erase(oldest, entries.lower_bound("history0"));
    }
    SUBCASE("an object is missing") {
      entries.erase("endpoints/e");
    }
    SUBCASE("an object is another one") {
      entries.at("backends/b").value = R"({"plugin":"hello","handler":"other"})";
    }
    SUBCASE("there is an object too many") {
      entries["backends/c"] = {"backends/c", entries.at("backends/b").value, 1};
    }
    SUBCASE("the head is missing") {
      entries.erase("head");
    }
    SUBCASE("a revision is no JSON") {
      std::next(oldest)->second.value = "{";
    }
    SUBCASE("a revision has another's place") {
      std::next(oldest)->second.value = oldest->second.value;
    }
    const auto refused = RevisionLog::open(store);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().reason() == "state_corrupt");
  }

  TEST_CASE("83 RevisionLog: a revision in between that was changed is not handed out") {
    MemoryStateStore store;
    RevisionLog log = opened(store);
    append_up_to(log, 4);
    std::string& third = store.entries().at("history/00000000000000000003").value;
    third.replace(third.find("\"num_replicas\":2"), 16, "\"num_replicas\":9");
    CHECK(log.at(2).error().reason() == "state_corrupt");
    CHECK(log.at(3).ok());
  }
}

}  // namespace backplane::host
