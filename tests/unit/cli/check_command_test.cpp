#include "host/cli/check_command.hpp"

#include <algorithm>
#include <sstream>
#include <string>

#include <doctest/doctest.h>

#include "tests/unit/cli/temporary_folder.hpp"

namespace backplane::host {
namespace {

struct Outcome {
  ExitCode code;
  std::string out;
  std::string err;
};

Outcome check(const std::string& file) {
  std::ostringstream out;
  std::ostringstream err;
  const ExitCode code = run_check(file, out, err);
  return {code, out.str(), err.str()};
}

TEST_SUITE("cli") {
  TEST_CASE("check: a good document of either kind ends with 0 and says what it is") {
    const TemporaryFolder folder;
    const std::string host = folder.add("host.json", R"({"data": {"port": 0}})");
    CHECK(check(host).code == ExitCode::kOk);
    CHECK(check(host).out == host + ": host configuration, no errors\n");
    const std::string app = folder.add("app.json", R"({"backends": {}})");
    CHECK(check(app).out == app + ": app document, no errors\n");
    CHECK(check(app).err.empty());
  }

  TEST_CASE("check: every error is a line with its place") {
    const TemporaryFolder folder;
    const std::string app = folder.add("app.json",
                                       "{\n"
                                       "  \"backends\": {\"a\": {\"plugin\": \"p\"}},\n"
                                       "  \"endpoints\": {\n"
                                       "    \"e\": {\"route\": \"e\", \"traffic\": {\"b\": 1}}\n"
                                       "  }\n"
                                       "}\n");
    const Outcome outcome = check(app);
    CHECK(outcome.code == ExitCode::kBadConfig);
    CHECK(outcome.out.empty());
    CHECK(outcome.err ==
          app + ":2:21: /backends/a: found no 'handler', which is required\n" + app +
              ":4:20: /endpoints/e/route: route 'e' has no '/' at its beginning\n" + app +
              ":4:42: /endpoints/e/traffic/b: traffic of endpoint 'e' names backend 'b', which "
              "does not exist\n");
  }

  TEST_CASE("check: a missing file and a file that is not JSON are one line each") {
    const TemporaryFolder folder;
    for (const std::string& file :
         {folder.path().string() + "/none.json", folder.add("bad.json", "{\"data\": }"),
          folder.path().string()}) {
      CAPTURE(file);
      const Outcome outcome = check(file);
      CHECK(outcome.code == ExitCode::kBadConfig);
      CHECK(outcome.err.starts_with(file + ": "));
      CHECK(std::count(outcome.err.begin(), outcome.err.end(), '\n') == 1);
    }
  }
}

}  // namespace
}  // namespace backplane::host
