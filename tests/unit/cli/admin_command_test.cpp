#include "host/cli/admin_command.hpp"

#include <span>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "host/cli/change_commands.hpp"
#include "host/cli/look_commands.hpp"
#include "tests/unit/cli/scripted_host.hpp"

namespace backplane::host {
namespace {

const AdminCommand& command_called(const std::string& name) {
  for (const std::span<const AdminCommand> commands : {look_commands(), change_commands()}) {
    for (const AdminCommand& command : commands) {
      if (command.syntax().name == name) return command;
    }
  }
  FAIL("no command is called " << name);
  return look_commands().front();
}

// Runs the words of a command line against `host`.
ExitCode run(ScriptedHost& host, std::vector<std::string> words) {
  const AdminCommand& command = command_called(words.front());
  words.erase(words.begin());
  const auto parsed = parse_command(command.syntax(), words);
  REQUIRE(parsed.ok());
  AdminOptions options;
  options.json = parsed.value().has("json");
  AdminSession session = host.session(options);
  return run_admin_command(command, parsed.value(), session);
}

// What `words` ask the host for; it answers `answer`.
std::vector<std::string> asked_by(const std::vector<std::string>& words,
                                  const std::string& answer = "{}") {
  ScriptedHost host;
  host.answer(200, answer);
  CHECK(run(host, words) == ExitCode::kOk);
  return host.asked();
}

std::string said_by(const std::vector<std::string>& words, const std::string& answer) {
  ScriptedHost host;
  host.answer(200, answer);
  CHECK(run(host, words) == ExitCode::kOk);
  return host.out.str();
}

void check_usage(const std::vector<std::string>& words) {
  CAPTURE(words.back());
  ScriptedHost host;
  CHECK(run(host, words) == ExitCode::kUsage);
  CHECK(host.calls.empty());
  CHECK(host.err.str().starts_with("backplane: "));
}

using Lines = std::vector<std::string>;

TEST_SUITE("cli") {
  TEST_CASE("status, endpoints, backends, plugins: one call each, for all or for one") {
    CHECK(asked_by({"status"}) == Lines{"GET /v1/status"});
    CHECK(asked_by({"endpoints"}) == Lines{"GET /v1/endpoints"});
    CHECK(asked_by({"endpoints", "a"}) == Lines{"GET /v1/endpoints/a"});
    CHECK(asked_by({"backends"}) == Lines{"GET /v1/backends"});
    CHECK(asked_by({"backends", "a"}) == Lines{"GET /v1/backends/a"});
    CHECK(asked_by({"plugins"}) == Lines{"GET /v1/plugins"});
    CHECK(asked_by({"plugins", "a.b"}) == Lines{"GET /v1/plugins/a.b"});
    check_usage({"endpoints", "a/b"});
    check_usage({"backends", ".."});
    check_usage({"plugins", "A"});
  }

  TEST_CASE("a command for programs prints what the host wrote") {
    CHECK(said_by({"status", "--json"}, "{\"any\":1}\n") == "{\"any\":1}\n");
    CHECK(said_by({"traffic", "e", "a=1", "--json"}, "{\"revision\":2}\n") == "{\"revision\":2}\n");
  }

  TEST_CASE("a command that the host refuses ends with the host's words and writes no table") {
    ScriptedHost host;
    host.answer(409, R"({"code":"backend_in_use","detail":"'a' is used by 'e'"})");
    CHECK(run(host, {"delete", "backend", "a"}) == ExitCode::kTryAgain);
    CHECK(host.out.str().empty());
    CHECK(host.err.str() == "backplane: 'a' is used by 'e' (backend_in_use)\n");
  }

  TEST_CASE("traffic: the weights as one object, and what came of it") {
    CHECK(asked_by({"traffic", "e", "a=0.7", "b=0.3"}) ==
          Lines{R"(PUT /v1/endpoints/e/traffic {"a":0.7,"b":0.3})"});
    CHECK(said_by({"traffic", "e", "a=2"}, R"({"revision":5,"traffic":{"a":1.0}})") ==
          "endpoint 'e': traffic a=1.0 (revision 5)\n");
    check_usage({"traffic", "e", "a"});
    check_usage({"traffic", "..", "a=1"});
  }

  TEST_CASE("policy: its word, and the number that one of them needs") {
    CHECK(asked_by({"policy", "e", "power_of_two"}) ==
          Lines{R"(PUT /v1/endpoints/e/policy {"policy":"power_of_two"})"});
    CHECK(asked_by({"policy", "e", "fixed_packing", "--packing-num", "3"}) ==
          Lines{R"(PUT /v1/endpoints/e/policy {"policy":"fixed_packing","packing_num":3})"});
    CHECK(said_by({"policy", "e", "fixed_packing"},
                  R"({"revision":5,"policy":"fixed_packing","packing_num":3})") ==
          "endpoint 'e': policy fixed_packing 3 (revision 5)\n");
    check_usage({"policy", "e", "fixed_packing", "--packing-num", "three"});
    check_usage({"policy", "e/f", "random"});
  }

  TEST_CASE("shadows: the shares as one object, and which are left") {
    CHECK(asked_by({"shadows", "e", "c=0.1"}) == Lines{R"(PUT /v1/endpoints/e/shadows {"c":0.1})"});
    CHECK(said_by({"shadows", "e", "c=0.1"}, R"({"revision":5,"shadows":{"c":0.1}})") ==
          "endpoint 'e': shadows c=0.1 (revision 5)\n");
    CHECK(said_by({"shadows", "e", "c=0"}, R"({"revision":6,"shadows":{}})") ==
          "endpoint 'e': no shadows (revision 6)\n");
    check_usage({"shadows", "e", "c"});
  }

  TEST_CASE("delete: a backend or an endpoint") {
    CHECK(asked_by({"delete", "backend", "a"}) == Lines{"DELETE /v1/backends/a"});
    CHECK(asked_by({"delete", "endpoint", "a"}) == Lines{"DELETE /v1/endpoints/a"});
    CHECK(said_by({"delete", "endpoint", "a"}, R"({"revision":5})") ==
          "endpoint 'a' is deleted (revision 5)\n");
    check_usage({"delete", "plugin", "a"});
    check_usage({"delete", "backend", "a/b"});
  }

  TEST_CASE("--if-revision: changes that revision or nothing") {
    ScriptedHost host;
    host.answer(412, R"({"code":"stale_revision","detail":"the current revision is 8"})");
    CHECK(run(host, {"traffic", "e", "a=1", "--if-revision", "7"}) == ExitCode::kTryAgain);
    CHECK(host.calls[0].headers.find("If-Match") == "\"7\"");
    check_usage({"traffic", "e", "a=1", "--if-revision", "x"});
  }
}

}  // namespace
}  // namespace backplane::host
