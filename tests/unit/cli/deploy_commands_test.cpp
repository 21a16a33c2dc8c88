#include "host/cli/deploy_commands.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/unit/cli/temporary_folder.hpp"
#include "tests/unit/cli/typed_command.hpp"

namespace backplane::host {
namespace {

using Lines = std::vector<std::string>;

TEST_SUITE("cli") {
  TEST_CASE("apply: shows the difference, then makes it, of that revision or not at all") {
    const TemporaryFolder folder;
    const std::string document = R"({"$comment": "mine", "backends": {}})";
    ScriptedHost host;
    host.answer(200, R"({"dry_run":true,"changed":true,"revision":4,"diff":[
      {"op":"remove","path":"/backends/a","from":{"plugin":"p","handler":"h","config":{}}}]})")
        .answer(200, R"({"revision":5,"changed":true,"diff":[]})");
    CHECK(run_typed(host, {"apply", folder.add("app.json", document + "\n")}) == ExitCode::kOk);
    CHECK(host.asked() ==
          Lines{"PUT /v1/app?dry_run=true " + document, "PUT /v1/app?wait_ms=120000 " + document});
    CHECK_FALSE(host.calls[0].headers.contains("If-Match"));
    CHECK(host.calls[1].headers.find("If-Match") == "\"4\"");
    CHECK(host.out.str() ==
          "- backend a: p/h\n0 to add, 0 to change, 1 to remove\napplied: revision 5\n");
  }

  TEST_CASE("apply: where nothing differs, nothing is done") {
    const TemporaryFolder folder;
    ScriptedHost host;
    host.answer(200, R"({"dry_run":true,"changed":false,"revision":4,"diff":[]})");
    CHECK(run_typed(host, {"apply", folder.add("app.json", R"({"backends":{}})")}) ==
          ExitCode::kOk);
    CHECK(host.out.str() == "nothing to change at revision 4\n");
  }

  TEST_CASE("apply: for programs it is one call, whose answer holds the difference") {
    const TemporaryFolder folder;
    ScriptedHost host;
    host.answer(200, "{\"changed\":false}\n");
    CHECK(run_typed(host, {"apply", folder.add("app.json", R"({"backends":{}})"), "--json"}) ==
          ExitCode::kOk);
    CHECK(host.asked() == Lines{R"(PUT /v1/app?wait_ms=120000 {"backends":{}})"});
    CHECK(host.out.str() == "{\"changed\":false}\n");
  }

  TEST_CASE("apply: what moved on between the two calls is not overwritten") {
    const TemporaryFolder folder;
    ScriptedHost host;
    host.answer(200, R"({"changed":true,"revision":4,"diff":[]})")
        .answer(412, R"({"code":"stale_revision","detail":"the current revision is 5"})");
    CHECK(run_typed(host, {"apply", folder.add("app.json", R"({"backends":{}})")}) ==
          ExitCode::kTryAgain);
    CHECK(host.err.str() == "backplane: the current revision is 5 (stale_revision)\n");
    CHECK(host.out.str().find("applied") == std::string::npos);
  }

  TEST_CASE("apply: a document that is not good is not sent") {
    const TemporaryFolder folder;
    for (const std::string& file :
         {folder.add("a.json", R"({"backends": {"a": {"plugin": "p"}}})"),
          folder.add("b.json", "{"), folder.path().string() + "/none.json"}) {
      ScriptedHost host;
      CHECK(run_typed(host, {"apply", file}) == ExitCode::kBadConfig);
      CHECK(host.calls.empty());
      CHECK(host.err.str().starts_with("backplane: " + file));
    }
  }

  TEST_CASE("undo: back to the one before, or to one that is named") {
    ScriptedHost host;
    host.answer(200, R"({"changed":true,"revision":7,"diff":[]})")
        .answer(200, R"({"changed":true,"revision":8,"restores":4,"diff":[]})");
    CHECK(run_typed(host, {"undo", "--to", "4"}) == ExitCode::kOk);
    CHECK(host.asked() == Lines{R"(POST /v1/undo?dry_run=true {"to":4})",
                                R"(POST /v1/undo?wait_ms=120000 {"to":4})"});
    CHECK(host.out.str().ends_with("undone: revision 8 is revision 4 again\n"));
    ScriptedHost plain;
    plain.answer(200, R"({"changed":false,"revision":7,"diff":[]})");
    CHECK(run_typed(plain, {"undo"}) == ExitCode::kOk);
    CHECK(plain.asked() == Lines{"POST /v1/undo?dry_run=true {}"});
    check_usage({"undo", "--to", "yesterday"});
  }
}

}  // namespace
}  // namespace backplane::host
