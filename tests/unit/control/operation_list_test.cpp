#include "host/control/operation_list.hpp"

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

constexpr WallTime kNow{std::chrono::seconds(1'000'000)};

TEST_SUITE("control") {
  TEST_CASE("OperationList: an operation runs until it is ended") {
    OperationList list;
    const std::uint64_t id =
        list.begin("put_backend", "a", OperationStage::kBuilding, {kNow, {}}).id;
    REQUIRE(list.find(id) != nullptr);
    CHECK(list.find(id)->state == OperationState::kRunning);
    CHECK_FALSE(list.find(id)->finished_at.has_value());
    list.end(id, OperationState::kSucceeded, {kNow + std::chrono::seconds(2), {}});
    CHECK(list.find(id)->state == OperationState::kSucceeded);
    CHECK(list.find(id)->stage == OperationStage::kDone);
    CHECK(list.find(id)->finished_at == kNow + std::chrono::seconds(2));
    CHECK(list.find(id + 1) == nullptr);
  }

  TEST_CASE("OperationList: it says how long each stage took") {
    OperationList list;
    const TimePoint start{std::chrono::seconds(5)};
    const std::uint64_t id = list.begin("reload", "p", OperationStage::kStaging, {kNow, start}).id;
    list.enter(id, OperationStage::kStaging, start + std::chrono::milliseconds(1));
    list.enter(id, OperationStage::kLoading, start + std::chrono::milliseconds(3));
    list.end(id, OperationState::kFailed, {kNow, start + std::chrono::milliseconds(10)});
    const Operation& ended = *list.find(id);
    REQUIRE(ended.stages.size() == 2);
    CHECK(ended.stages[0].stage == OperationStage::kStaging);
    CHECK(ended.stages[0].took == std::chrono::milliseconds(3));
    CHECK(ended.stages[1].stage == OperationStage::kLoading);
    CHECK(ended.stages[1].took == std::chrono::milliseconds(7));
  }

  TEST_CASE("OperationList: the oldest ended ones are forgotten, running ones never") {
    OperationList list;
    const std::uint64_t running =
        list.begin("put_app", "", OperationStage::kBuilding, {kNow, {}}).id;
    std::uint64_t first = 0;
    for (std::size_t i = 0; i < OperationList::kKept + 1; ++i) {
      const std::uint64_t id =
          list.begin("set_traffic", "e", OperationStage::kBuilding, {kNow, {}}).id;
      if (i == 0) first = id;
      list.end(id, OperationState::kFailed, {kNow, {}});
    }
    CHECK(list.all().size() == OperationList::kKept + 1);
    CHECK(list.find(running) != nullptr);
    CHECK(list.find(first) == nullptr);
    CHECK(list.find(first + 1) != nullptr);
  }

  TEST_CASE("OperationList: one that ends is known then, however many began and ended meanwhile") {
    OperationList list;
    const std::uint64_t slow = list.begin("reload", "p", OperationStage::kCanary, {kNow, {}}).id;
    std::uint64_t first = 0;
    for (std::size_t i = 0; i < OperationList::kKept; ++i) {
      const std::uint64_t id =
          list.begin("set_traffic", "e", OperationStage::kBuilding, {kNow, {}}).id;
      if (i == 0) first = id;
      list.end(id, OperationState::kSucceeded, {kNow, {}});
    }
    list.end(slow, OperationState::kSucceeded, {kNow, {}});
    REQUIRE(list.find(slow) != nullptr);
    CHECK(list.find(slow)->state == OperationState::kSucceeded);
    CHECK(list.find(first) == nullptr);
    CHECK(list.all().size() == OperationList::kKept);
  }

  TEST_CASE("blocked_by: whoever is refused is told which operation is in the way") {
    const Error error = blocked_by(17, Error(ErrorCode::kConflict, "operation_in_progress", "x"));
    CHECK(error.reason() == "operation_in_progress");
    REQUIRE(error.members().size() == 1);
    CHECK(error.members()[0].first == "active_op");
    CHECK(error.members()[0].second == "\"17\"");
  }
}

}  // namespace
}  // namespace backplane::host
