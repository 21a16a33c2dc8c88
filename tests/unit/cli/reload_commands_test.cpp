#include "host/cli/reload_commands.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "host/cli/operations_view.hpp"
#include "host/cli/reload_view.hpp"
#include "tests/unit/cli/parsed_json.hpp"
#include "tests/unit/cli/typed_command.hpp"

namespace backplane::host {
namespace {

using Lines = std::vector<std::string>;

const std::string whole_digest = "4a2f56a9d86c" + std::string(52, '0');

std::string operation(const std::string& members) {
  return R"({"id":"12","action":"reload","object":"hello","state":"succeeded","stage":"done",)" +
         members + R"("built":1,"to_build":1,"revision":8})";
}

const std::string gone_through =
    operation(R"("stages_ms":{"staging":1.2,"probing":40.13,"loading":0.512,"building":9.8,)"
              R"("committing":0.9},"warnings":["it starts a thread"],)");

TEST_SUITE("cli") {
  TEST_CASE("reload: one call, with what was asked for and nothing else") {
    CHECK(asked_by({"reload", "hello"}) ==
          Lines{"POST /v1/plugins/hello/reload?wait_ms=120000 {}"});
    CHECK(asked_by({"reload", "hello", "--sha256", "ab", "--force"}) ==
          Lines{R"(POST /v1/plugins/hello/reload?wait_ms=120000 {"sha256":"ab","force":true})"});
    CHECK(asked_by({"reload", "hello", "--strategy", "canary", "--weight", "0.1", "--min-requests",
                    "50", "--max-error-rate", "0.02", "--max-p99-ms", "20", "--duration-ms",
                    "60000"}) ==
          Lines{R"(POST /v1/plugins/hello/reload?wait_ms=120000 {"strategy":"canary",)"
                R"("weight":0.1,"min_requests":50,"max_error_rate":0.02,"max_p99_ms":20,)"
                R"("duration_ms":60000})"});
    CHECK(asked_by({"reload", "hello", "--state", "fresh"}) ==
          Lines{R"(POST /v1/plugins/hello/reload?wait_ms=120000 {"state":"fresh"})"});
    CHECK(asked_by({"reload", "hello", "--drain-timeout-ms", "0"}) ==
          Lines{R"(POST /v1/plugins/hello/reload?wait_ms=120000 {"drain_timeout_ms":0})"});
    check_usage({"reload", "../x"});
    check_usage({"reload", "hello", "--weight", "much"});
    check_usage({"reload", "hello", "--min-requests", "0.5"});
  }

  TEST_CASE("rollback: one call, of a revision where that is asked for") {
    CHECK(asked_by({"rollback", "hello"}) ==
          Lines{"POST /v1/plugins/hello/rollback?wait_ms=120000 {}"});
    CHECK(asked_by({"rollback", "hello", "--state", "carry"}) ==
          Lines{R"(POST /v1/plugins/hello/rollback?wait_ms=120000 {"state":"carry"})"});
    ScriptedHost host;
    host.answer(200, "{}");
    CHECK(run_typed(host, {"rollback", "hello", "--if-revision", "7"}) == ExitCode::kOk);
    CHECK(host.calls[0].headers.find("If-Match") == "\"7\"");
    check_usage({"rollback", ""});
  }

  TEST_CASE("promote: one call, and what the reload came to") {
    CHECK(asked_by({"promote", "hello"}) ==
          Lines{"POST /v1/plugins/hello/promote?wait_ms=120000 {}"});
    const std::string answer = R"({"state":"done","plugin":"hello","sha256":")" + whole_digest +
                               R"(","generation":3,"revision":8,"operation":)" + gone_through + "}";
    CHECK(said_by({"promote", "hello"}, answer)
              .starts_with("plugin 'hello' is promoted: generation 3, sha-256 4a2f56a9d86c"));
    check_usage({"promote", "../x"});
  }

  TEST_CASE("reload: what runs now, how long each stage took, and what to mind") {
    const std::string answer = R"({"state":"done","plugin":"hello","sha256":")" + whole_digest +
                               R"(","generation":3,"revision":8,"operation":)" + gone_through + "}";
    const std::string took =
        "took 52.5 ms: staging 1.20 ms, probing 40.1 ms, loading 512 us, building 9.80 ms, "
        "committing 900 us\nwarning: it starts a thread\n";
    CHECK(said_by({"reload", "hello"}, answer) ==
          "plugin 'hello' is reloaded: generation 3, sha-256 4a2f56a9d86c (revision 8)\n" + took);
    CHECK(said_by({"rollback", "hello"}, answer)
              .starts_with("plugin 'hello' is rolled back: generation 3"));
    // As it ends where the operation was watched.
    CHECK(said_by({"reload", "hello"}, gone_through) ==
          "plugin 'hello' is reloaded (revision 8)\n" + took);
  }

  TEST_CASE("reload: a file that runs already is no reason to do anything") {
    const std::string idle = operation(R"("stages_ms":{"staging":1.2},"warnings":[],)");
    const std::string said =
        "plugin 'hello' runs this file already; --force loads it anew (revision 8)\n";
    CHECK(said_by({"reload", "hello"}, R"({"state":"unchanged","plugin":"hello","sha256":")" +
                                           whole_digest + R"(","revision":8,"operation":)" + idle +
                                           "}") == said);
    CHECK(said_by({"reload", "hello"}, idle) == said);
  }

  TEST_CASE("reload: a failure names its stage, whether it was watched or not") {
    const std::string error =
        R"("status":502,"code":"backend_init_failed","detail":"v4 cannot be made",)"
        R"("stage":"building")";
    const std::string said = "backplane: v4 cannot be made (backend_init_failed, while building)\n";
    ScriptedHost host;
    host.answer(502, "{" + error + "}");
    CHECK(run_typed(host, {"reload", "hello"}) == ExitCode::kFailed);
    CHECK(host.err.str() == said);
    CHECK(host.out.str().empty());
    const auto failed =
        parsed_json(R"({"id":"12","state":"failed","stage":"done","error":{)" + error + "}}");
    CHECK(line_of(operation_outcome(failed.root()).error()) == said);
    CHECK(render_operation(failed.root()).ends_with("while       building\n"));
  }

  TEST_CASE("progress_line: a stage is named, and backends are counted while they are made") {
    const std::string begin = R"({"id":"3","action":"reload","object":"hello","state":"running",)";
    const std::string end = R"("built":1,"to_build":2})";
    const auto line = [&](const std::string& stage) {
      const auto running = parsed_json(begin + R"("stage":")" + stage + R"(",)" + end);
      return progress_line(running.root(), std::chrono::seconds(2));
    };
    CHECK(line("probing") == "reload hello: probing, 2 s");
    CHECK(line("building") == "reload hello: building, 1 of 2 built, 2 s");
    CHECK(line("canary") == "reload hello: canary, 2 s");
    const std::string trial =
        R"("trial":{"requests":45,"min_requests":100,"errors":1,"p99_ms":3.5},)";
    const auto on_trial = parsed_json(begin + R"("stage":"canary",)" + trial + end);
    CHECK(progress_line(on_trial.root(), std::chrono::seconds(2)) ==
          "reload hello: canary, 45 of 100 requests, 1 failed, 2 s");
    CHECK(operation_line(on_trial.root()) ==
          "operation 3 reload hello: canary, 45 of 100 requests, 1 failed");
    CHECK(render_operation(on_trial.root())
              .find("trial       45 of 100 requests, 1 failed\np99         3.50 ms\n") !=
          std::string::npos);
    const auto listed =
        parsed_json(R"({"operations":[)" + begin + R"("stage":"canary",)" + trial + end + "]}");
    CHECK(render_operations(listed.root()).find("45 of 100 requests, 1 failed") !=
          std::string::npos);
    // Over, it is no progress any more.
    const auto building = parsed_json(begin + R"("stage":"committing",)" + trial + end);
    CHECK(progress_line(building.root(), std::chrono::seconds(2)) ==
          "reload hello: committing, 2 s");
  }

  TEST_CASE("render_operation: how long each stage took, and what was found on the way") {
    const std::string text = render_operation(parsed_json(gone_through).root());
    CHECK(text.find("took        staging 1.20 ms, probing 40.1 ms,") != std::string::npos);
    CHECK(text.find("warning     it starts a thread\n") != std::string::npos);
  }
}

}  // namespace
}  // namespace backplane::host
