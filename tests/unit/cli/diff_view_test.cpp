#include "host/cli/diff_view.hpp"

#include <string>

#include <doctest/doctest.h>

#include "host/cli/history_view.hpp"
#include "host/cli/text_cells.hpp"
#include "tests/unit/cli/parsed_json.hpp"

namespace backplane::host {
namespace {

constexpr std::string_view kDiff = R"([
  {"op":"add","path":"/backends/blue","to":{"plugin":"hello","handler":"hello",
    "config":{"num_replicas":2}}},
  {"op":"remove","path":"/backends/old","from":{"plugin":"hello","handler":"hello",
    "config":{"num_replicas":1}}},
  {"op":"replace","path":"/backends/plain/config/num_replicas","from":1,"to":3},
  {"op":"add","path":"/endpoints/new","to":{"route":"/new","methods":["GET"],
    "traffic":{"blue":0.7,"plain":0.3},"policy":"round_robin","shadows":{}}},
  {"op":"replace","path":"/endpoints/split/traffic/a","from":0.7,"to":0.5},
  {"op":"add","path":"/endpoints/split/shadows/c~1d~0e","to":0.1},
  {"op":"remove","path":"/endpoints/split/traffic/b","from":0.3}])";

TEST_SUITE("cli") {
  TEST_CASE("render_diff: what comes and goes is a line, what changes is old -> new below it") {
    CHECK(render_diff(parsed_json(kDiff).root()) ==
          "+ backend blue: hello/hello, 2 replicas\n"
          "- backend old: hello/hello, 1 replica\n"
          "~ backend plain\n"
          "    ~ config.num_replicas: 1 -> 3\n"
          "+ endpoint new: GET /new, traffic blue=0.7 plain=0.3, policy round_robin\n"
          "~ endpoint split\n"
          "    ~ traffic.a: 0.7 -> 0.5\n"
          "    + shadows.c/d~e: 0.1\n"
          "    - traffic.b: 0.3\n");
  }

  TEST_CASE("diff_summary: counts backends and endpoints, not their members") {
    CHECK(diff_summary(parsed_json(kDiff).root()) == "2 to add, 2 to change, 1 to remove");
  }

  TEST_CASE("render_diff: of two long values the beginnings of both are shown") {
    const std::string diff =
        R"([{"op":"replace","path":"/backends/a/config/user_config","from":")" +
        std::string(200, 'x') + R"(","to":")" + std::string(200, 'y') + R"("}])";
    const std::string text = render_diff(parsed_json(diff).root());
    CHECK(text.find("xxx… -> yyy") != std::string::npos);
    CHECK(width_of(text.substr(text.find('\n') + 1)) <= kTextWidth + 1);
  }

  TEST_CASE("render_dry_run: the diff and its sum, or that there is none") {
    const auto changed = parsed_json(R"({"dry_run":true,"changed":true,"revision":4,"diff":[
      {"op":"replace","path":"/endpoints/e/policy","from":"random","to":"round_robin"}]})");
    CHECK(
        render_dry_run(changed.root()) ==
        "~ endpoint e\n    ~ policy: random -> round_robin\n0 to add, 1 to change, 0 to remove\n");
    const auto same = parsed_json(R"({"dry_run":true,"changed":false,"revision":4,"diff":[]})");
    CHECK(render_dry_run(same.root()) == "nothing to change at revision 4\n");
  }

  TEST_CASE("render_diff: of a reload, which file ran and which one runs") {
    const std::string digits(52, '0');
    const auto diff =
        parsed_json(R"([{"op":"replace","path":"/plugins/hello","from":"4a2f56a9d86c)" + digits +
                    R"(","to":"9a41b0a2c3d4)" + digits + R"("}])");
    CHECK(render_diff(diff.root()) == "~ plugin hello: sha-256 4a2f56a9d86c -> 9a41b0a2c3d4\n");
    CHECK(first_change(diff.root()) == "~ plugin hello: sha-256 4a2f56a9d86c -> 9a41b0a2c3d4");
    CHECK(diff_summary(diff.root()) == "0 to add, 1 to change, 0 to remove");
  }

  TEST_CASE("first_change: in one line, with its place") {
    CHECK(first_change(parsed_json("[]").root()) == "");
    const auto member =
        parsed_json(R"([{"op":"replace","path":"/endpoints/e/traffic/a","from":1,"to":0.5}])");
    CHECK(first_change(member.root()) == "~ endpoint e traffic.a: 1 -> 0.5");
    CHECK(first_change(parsed_json(kDiff).root()) == "+ backend blue: hello/hello, 2 replicas");
  }

  TEST_CASE("render_history: the newest first, what each did, and how much changed") {
    const auto answer = parsed_json(R"({"revisions":[
      {"revision":6,"time":"2026-01-02T03:04:06Z","author":"local","action":"undo to 4","restores":4,
        "diff":[{"op":"remove","path":"/endpoints/e","from":{"route":"/e","methods":["GET"],
          "traffic":{"a":1},"policy":"random"}}]},
      {"revision":5,"time":"2026-01-02T03:04:05Z","author":"ci","action":"set_traffic e",
        "diff":[]}]})");
    CHECK(render_history(answer.root()) ==
          "REVISION  TIME                  AUTHOR  ACTION         CHANGES  THE FIRST\n"
          "       6  2026-01-02T03:04:06Z  local   undo to 4            1  - endpoint e: GET /e, "
          "traffic a=1\n"
          "       5  2026-01-02T03:04:05Z  ci      set_traffic e        0\n");
    CHECK(render_history(parsed_json(R"({"revisions":[]})").root()) == "no revisions\n");
  }

  TEST_CASE("render_revision: one entry with all that it changed") {
    const auto entry = parsed_json(R"({"revision":5,"time":"2026-01-02T03:04:05Z","author":"ci",
      "action":"set_traffic e","diff":[{"op":"replace","path":"/endpoints/e/traffic/a",
      "from":1,"to":0.5}],"app":{}})");
    CHECK(render_revision(entry.root()) ==
          "revision    5\ntime        2026-01-02T03:04:05Z\nauthor      ci\n"
          "action      set_traffic e\n\n~ endpoint e\n    ~ traffic.a: 1 -> 0.5\n");
  }
}

}  // namespace
}  // namespace backplane::host
