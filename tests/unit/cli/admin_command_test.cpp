#include "host/cli/admin_command.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/unit/cli/typed_command.hpp"

namespace backplane::host {
namespace {

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
    CHECK(run_typed(host, {"delete", "backend", "a"}) == ExitCode::kTryAgain);
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
    CHECK(asked_by({"delete", "backend", "a"}) == Lines{"DELETE /v1/backends/a?wait_ms=120000"});
    CHECK(asked_by({"delete", "endpoint", "a"}) == Lines{"DELETE /v1/endpoints/a?wait_ms=120000"});
    CHECK(said_by({"delete", "endpoint", "a"}, R"({"revision":5})") ==
          "endpoint 'a' is deleted (revision 5)\n");
    check_usage({"delete", "plugin", "a"});
    check_usage({"delete", "backend", "a/b"});
  }

  TEST_CASE("scale: one member of the configuration") {
    CHECK(asked_by({"scale", "a", "3"}) ==
          Lines{R"(PATCH /v1/backends/a?wait_ms=120000 {"config":{"num_replicas":3}})"});
    CHECK(said_by({"scale", "a", "3"}, R"({"revision":5})") ==
          "backend 'a': 3 replicas (revision 5)\n");
    check_usage({"scale", "a", "many"});
    check_usage({"scale", "..", "1"});
  }

  TEST_CASE("history: a page of it, or one revision") {
    CHECK(asked_by({"history"}) == Lines{"GET /v1/history"});
    CHECK(asked_by({"history", "--limit", "5", "--before", "9"}) ==
          Lines{"GET /v1/history?limit=5&before=9"});
    CHECK(asked_by({"history", "7"}) == Lines{"GET /v1/history/7"});
    check_usage({"history", "x"});
    check_usage({"history", "--limit", "-1"});
  }

  TEST_CASE("operations: all, one, or an end for one") {
    CHECK(asked_by({"operations"}) == Lines{"GET /v1/operations"});
    CHECK(asked_by({"operations", "12"}) == Lines{"GET /v1/operations/12"});
    CHECK(asked_by({"operations", "12", "--abort"}) == Lines{"DELETE /v1/operations/12"});
    check_usage({"operations", "--abort"});
    check_usage({"operations", "12/"});
  }

  TEST_CASE("--dry-run: shows what would change, in one call that changes nothing") {
    const std::string answer = R"({"dry_run":true,"changed":true,"revision":4,"diff":[
      {"op":"replace","path":"/endpoints/e/traffic/a","from":0.7,"to":1}]})";
    ScriptedHost host;
    host.answer(200, answer);
    CHECK(run_typed(host, {"traffic", "e", "a=1", "--dry-run"}) == ExitCode::kOk);
    CHECK(host.asked() == Lines{R"(PUT /v1/endpoints/e/traffic?dry_run=true {"a":1.0})"});
    CHECK(host.out.str() ==
          "~ endpoint e\n    ~ traffic.a: 0.7 -> 1\n0 to add, 1 to change, 0 to remove\n");
    for (const Lines& words :
         {Lines{"scale", "a", "1"}, Lines{"delete", "backend", "a"}, Lines{"policy", "e", "random"},
          Lines{"shadows", "e", "c=0.1"}, Lines{"undo"}}) {
      Lines dry = words;
      dry.emplace_back("--dry-run");
      ScriptedHost other;
      other.answer(200, answer);
      CHECK(run_typed(other, dry) == ExitCode::kOk);
      CHECK(other.calls[0].target.ends_with("?dry_run=true"));
    }
  }

  TEST_CASE("--if-revision: changes that revision or nothing") {
    ScriptedHost host;
    host.answer(412, R"({"code":"stale_revision","detail":"the current revision is 8"})");
    CHECK(run_typed(host, {"traffic", "e", "a=1", "--if-revision", "7"}) == ExitCode::kTryAgain);
    CHECK(host.calls[0].headers.find("If-Match") == "\"7\"");
    check_usage({"traffic", "e", "a=1", "--if-revision", "x"});
  }
}

}  // namespace
}  // namespace backplane::host
