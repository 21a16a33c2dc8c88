#include "host/cli/inspect_command.hpp"

#include <sstream>
#include <string>

#include <doctest/doctest.h>

#include "tests/unit/cli/temporary_folder.hpp"

namespace backplane::host {
namespace {

TEST_SUITE("cli") {
  TEST_CASE("inspect: a file that is no plugin ends with 1 and is explained, for people or not") {
    const TemporaryFolder folder;
    const std::string file = folder.add("text.so", std::string(4096, 'x'));
    std::ostringstream text;
    CHECK(run_inspect(file, false, false, text) == ExitCode::kFailed);
    CHECK(text.str().find(file) != std::string::npos);
    std::ostringstream json;
    CHECK(run_inspect(file, false, true, json) == ExitCode::kFailed);
    CHECK(json.str().starts_with("{"));
    CHECK(json.str().ends_with("}\n"));
  }

  TEST_CASE("inspect: a file that is not there ends with 1") {
    std::ostringstream out;
    CHECK(run_inspect("/nonexistent/x.so", false, false, out) == ExitCode::kFailed);
    CHECK_FALSE(out.str().empty());
  }
}

}  // namespace
}  // namespace backplane::host
