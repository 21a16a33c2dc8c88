#include "host/cli/admin_session.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/unit/cli/scripted_host.hpp"

namespace backplane::host {
namespace {

HttpCall change() {
  return {.method = "PATCH", .target = "/v1/backends/a", .body = "{}"};
}

std::string operation(const std::string& members) {
  return R"({"id":"12","action":"patch_backend","object":"a",)" + members + "}";
}

AdminOptions on_terminal() {
  AdminOptions options;
  options.shows_progress = true;
  return options;
}

TEST_SUITE("cli") {
  TEST_CASE("AdminSession: every call carries the token, and its body says that it is JSON") {
    ScriptedHost host;
    host.answer(200, "{}").answer(200, "{}");
    AdminOptions options;
    options.token = "secret";
    options.timeout = std::chrono::milliseconds(250);
    AdminSession session = host.session(options);
    CHECK(session.ask(change()).ok());
    CHECK(session.ask({.target = "/v1/status"}).ok());
    CHECK(host.calls[0].headers.find("Authorization") == "Bearer secret");
    CHECK(host.calls[0].headers.find("Content-Type") == "application/json");
    CHECK(host.calls[0].timeout == std::chrono::milliseconds(250));
    CHECK_FALSE(host.calls[1].headers.contains("Content-Type"));
  }

  TEST_CASE("AdminSession: for programs a refusal is printed as the host wrote it") {
    const std::string problem = R"({"status":404,"code":"unknown_backend","detail":"no 'a'"})";
    ScriptedHost host;
    host.answer(404, problem).answer(404, problem);
    AdminOptions options;
    options.json = true;
    AdminSession for_programs = host.session(options);
    const auto refused = for_programs.ask(change());
    REQUIRE_FALSE(refused.ok());
    CHECK(host.out.str() == problem + "\n");
    CHECK(for_programs.fail(refused.error()) == ExitCode::kFailed);
    CHECK(host.err.str() == "backplane: no 'a' (unknown_backend)\n");
    host.out.str("");
    AdminSession for_people = host.session();
    CHECK_FALSE(for_people.ask(change()).ok());
    CHECK(host.out.str().empty());
  }

  TEST_CASE("carry_out: where nobody looks, the host waits until it is done") {
    ScriptedHost host;
    host.answer(200, R"({"revision":2})");
    AdminOptions options;
    options.timeout = std::chrono::milliseconds(5000);
    AdminSession session = host.session(options);
    CHECK(session.carry_out(change()).ok());
    CHECK(host.asked() == std::vector<std::string>{"PATCH /v1/backends/a?wait_ms=5000 {}"});
    CHECK(host.calls[0].timeout > std::chrono::milliseconds(5000));
    CHECK(host.err.str().empty());
  }

  TEST_CASE("carry_out: what is not done in time is no success, and goes on") {
    ScriptedHost host;
    host.answer(202, operation(R"("state":"running","stage":"building")"));
    AdminSession session = host.session();
    const auto answer = session.carry_out(change());
    REQUIRE_FALSE(answer.ok());
    CHECK(answer.error().reason() == "still_running");
    CHECK(answer.error().message().find("'backplane operations 12'") != std::string::npos);
    CHECK(exit_code_of(answer.error()) == ExitCode::kTryAgain);
    CHECK(host.err.str().empty());
  }

  TEST_CASE("carry_out: on a terminal the operation is watched to its end") {
    ScriptedHost host;
    const std::string running =
        operation(R"("state":"running","stage":"building","built":1,"to_build":3)");
    host.answer(202, running)
        .answer(200, running)
        .answer(200, operation(R"("state":"succeeded","stage":"done","revision":9)"));
    AdminSession session = host.session(on_terminal());
    const auto answer = session.carry_out(change());
    REQUIRE(answer.ok());
    CHECK(answer.value().root().find("revision")->integer() == 9);
    CHECK(host.asked() == std::vector<std::string>{"PATCH /v1/backends/a?wait_ms=300 {}",
                                                   "GET /v1/operations/12",
                                                   "GET /v1/operations/12"});
    CHECK(host.err.str().find("patch_backend a: building, 1 of 3 built, 0 s") != std::string::npos);
    CHECK(host.err.str().ends_with("\r\033[K"));
  }

  TEST_CASE("carry_out: what the operation failed with is what the command fails with") {
    ScriptedHost host;
    host.answer(202, operation(R"("state":"running")"))
        .answer(200, operation(R"("state":"failed","error":{"status":422,"code":"create_failed",
          "detail":"replica 2 failed"})"));
    AdminSession session = host.session(on_terminal());
    const auto answer = session.carry_out(change());
    REQUIRE_FALSE(answer.ok());
    CHECK(answer.error().reason() == "create_failed");
    CHECK(exit_code_of(answer.error()) == ExitCode::kFailed);
  }

  TEST_CASE("carry_out: a command ends the same, whether its operation was watched or not") {
    const std::string error = R"("status":412,"code":"stale_revision","detail":"now 5")";
    ScriptedHost watched;
    watched.answer(202, operation(R"("state":"running")"))
        .answer(200, operation(R"("state":"failed","error":{)" + error + "}"));
    AdminSession looking = watched.session(on_terminal());
    ScriptedHost waited;
    waited.answer(412, "{" + error + "}");
    AdminSession waiting = waited.session();
    CHECK(looking.fail(looking.carry_out(change()).error()) == ExitCode::kTryAgain);
    CHECK(waiting.fail(waiting.carry_out(change()).error()) == ExitCode::kTryAgain);
    CHECK(watched.err.str().ends_with(waited.err.str()));
  }

  TEST_CASE("carry_out: whoever does not want to wait is told that it goes on") {
    for (std::size_t looks = 0; looks < 3; ++looks) {
      CAPTURE(looks);
      ScriptedHost host;
      host.pauses_left = static_cast<int>(1 + looks);  // the first is before the first line
      for (unsigned i = 0; i < 4; ++i) {
        host.answer(i == 0 ? 202 : 200, operation(R"("state":"running")"));
      }
      AdminSession session = host.session(on_terminal());
      const auto answer = session.carry_out(change());
      REQUIRE_FALSE(answer.ok());
      CHECK(answer.error().reason() == "still_running");
      CHECK(host.calls.size() == 1 + looks);
      CHECK(host.err.str().ends_with("\r\033[K"));
    }
  }
}

}  // namespace
}  // namespace backplane::host
