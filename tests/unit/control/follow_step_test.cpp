#include "host/control/follow_step.hpp"

#include <doctest/doctest.h>

#include "host/control/reloader.hpp"

namespace backplane::host {
namespace {

constexpr FileIdentity kDropped{
    .device = 1, .inode = 2, .size = 3, .modified_ns = 4, .changed_ns = 5};

SettledPlugin file(const std::string& sha256, bool at_start = false) {
  return {.plugin = "p", .identity = kDropped, .sha256 = sha256, .at_start = at_start};
}

const FollowFacts serving_facts{.used = true, .version = {.sha256 = "v2", .previous = "v1"}};

TEST_SUITE("control") {
  TEST_CASE("follow_step: another file than what runs is reloaded, at the start too") {
    CHECK(follow_step(file("v3"), serving_facts) == FollowStep::kReload);
    CHECK(follow_step(file("v3", true), serving_facts) == FollowStep::kReload);
    // Nothing runs: the file was not there when the host started.
    CHECK(follow_step(file("v3"), {.used = true, .serving = false}) == FollowStep::kReload);
  }

  TEST_CASE(
      "follow_step: a plugin that nobody uses, or of a backend that is being changed, waits") {
    CHECK(follow_step(file("v3"), {}) == FollowStep::kWait);
    FollowFacts busy = serving_facts;
    busy.changing = true;
    CHECK(follow_step(file("v3"), busy) == FollowStep::kWait);
    CHECK(follow_step(file("v2"), busy) == FollowStep::kWait);
  }

  TEST_CASE("follow_step: what runs already is not loaded again") {
    CHECK(follow_step(file("v2"), serving_facts) == FollowStep::kUnchanged);
    FollowFacts down = serving_facts;
    down.serving = false;
    // Dropped again for a backend that is down; at the start that has just been tried.
    CHECK(follow_step(file("v2"), down) == FollowStep::kReload);
    CHECK(follow_step(file("v2", true), down) == FollowStep::kUnchanged);
  }

  TEST_CASE("follow_step: what somebody has decided against is left, until it is dropped again") {
    FollowFacts tried = serving_facts;
    tried.last_tried = kDropped;
    CHECK(follow_step(file("v3"), tried) == FollowStep::kLeave);
    tried.last_tried.changed_ns = 6;
    CHECK(follow_step(file("v3"), tried) == FollowStep::kReload);
    // A rollback outlives a restart; after that the version before may be dropped.
    CHECK(follow_step(file("v1", true), serving_facts) == FollowStep::kLeave);
    CHECK(follow_step(file("v1"), serving_facts) == FollowStep::kReload);
  }

  TEST_CASE("follow_step: a file that cannot be read is reloaded, to hear why not") {
    CHECK(follow_step(file(""), serving_facts) == FollowStep::kReload);
    CHECK(follow_step(file("", true), {.used = true}) == FollowStep::kReload);
  }

  TEST_CASE("may_pass: only what something else was in the way of may pass") {
    for (const char* const reason : {"reload_in_progress", "operation_in_progress", "state_moved",
                                     "starting", "source_busy"}) {
      CAPTURE(reason);
      CHECK(may_pass(Error(ErrorCode::kConflict, reason, "")));
    }
    for (const char* const reason :
         {"operation_aborted", "source_changed", "not_elf", "too_many_pinned"}) {
      CAPTURE(reason);
      CHECK_FALSE(may_pass(Error(ErrorCode::kConflict, reason, "")));
    }
  }

  TEST_CASE("follow_event: what changed meanwhile has not failed, and is not asked for again") {
    CHECK(follow_event(ReloadOutcome{.changed = true}) == "reloaded");
    CHECK(follow_event(ReloadOutcome{}) == "unchanged");
    CHECK(follow_event(Error(ErrorCode::kConflict, "state_moved", "")) == "retried");
    CHECK(follow_event(Error(ErrorCode::kConflict, "source_changed", "")) == "overtaken");
    CHECK(follow_event(Error(ErrorCode::kInvalidArgument, "not_elf", "")) == "failed");
  }
}

}  // namespace
}  // namespace backplane::host
