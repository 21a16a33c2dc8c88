#include "host/cli/operations_view.hpp"

#include <doctest/doctest.h>

#include "tests/unit/cli/parsed_json.hpp"

namespace backplane::host {
namespace {

constexpr std::string_view kRunning = R"({"id":"12","action":"put_backend","object":"a",
  "state":"running","stage":"building","built":1,"to_build":3,
  "started_at":"2026-01-02T03:04:05Z"})";
constexpr std::string_view kFailed = R"({"id":"11","action":"put_app","state":"failed",
  "stage":"done","built":0,"to_build":0,"started_at":"2026-01-02T03:04:05Z",
  "finished_at":"2026-01-02T03:04:09Z",
  "error":{"status":422,"code":"create_failed","detail":"replica 2 failed","pointer":"/backends/b"}})";

TEST_SUITE("cli") {
  TEST_CASE("render_operations: how far each is, and what came of it") {
    const std::string answer = R"({"operations":[)" + std::string(kRunning) + "," +
                               std::string(kFailed) +
                               R"(,{"id":"9","action":"undo","state":"succeeded","stage":"done",
      "started_at":"2026-01-02T03:04:00Z","revision":8}]})";
    CHECK(render_operations(parsed_json(answer).root()) ==
          "ID  ACTION         STATE      STAGE     BUILT   STARTED               OUTCOME\n"
          "12  put_backend a  running    building  1 of 3  2026-01-02T03:04:05Z\n"
          "11  put_app        failed     done              2026-01-02T03:04:05Z  replica 2 failed\n"
          " 9  undo           succeeded  done              2026-01-02T03:04:00Z  revision 8\n");
    CHECK(render_operations(parsed_json(R"({"operations":[]})").root()) == "no operations\n");
  }

  TEST_CASE("render_operation: all that is known of one") {
    CHECK(render_operation(parsed_json(kFailed).root()) ==
          "operation   11\naction      put_app\nstate       failed\nstage       done\n"
          "started     2026-01-02T03:04:05Z\nfinished    2026-01-02T03:04:09Z\n"
          "error       replica 2 failed\ncode        create_failed\nat          /backends/b\n");
  }

  TEST_CASE("progress_line: what is being done, how much of it is done, for how long") {
    const auto operation = parsed_json(kRunning);
    CHECK(progress_line(operation.root(), std::chrono::seconds(4)) ==
          "put_backend a: building, 1 of 3 built, 4 s");
  }

  TEST_CASE("operation_outcome: why one did not succeed") {
    CHECK(is_running(parsed_json(kRunning).root()));
    const auto failed = parsed_json(kFailed);
    CHECK_FALSE(is_running(failed.root()));
    const Status outcome = operation_outcome(failed.root());
    REQUIRE_FALSE(outcome.ok());
    CHECK(outcome.error().reason() == "create_failed");
    CHECK(outcome.error().pointer() == "/backends/b");
    CHECK(outcome.error().code() == ErrorCode::kInvalidArgument);
    const auto stale =
        parsed_json(R"({"state":"failed","error":{"status":412,"code":"stale_revision"}})");
    CHECK(operation_outcome(stale.root()).error().code() == ErrorCode::kStale);
    CHECK(operation_outcome(parsed_json(R"({"state":"succeeded"})").root()).ok());
    CHECK(
        operation_outcome(parsed_json(R"({"id":"3","state":"aborted"})").root()).error().reason() ==
        "operation_aborted");
  }
}

}  // namespace
}  // namespace backplane::host
