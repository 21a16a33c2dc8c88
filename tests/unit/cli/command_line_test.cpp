#include "host/cli/command_line.hpp"

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/unit/cli/temporary_folder.hpp"

namespace backplane::host {
namespace {

struct Run {
  CommandOutcome outcome;
  std::string out;
  std::string err;
};

Run run(const std::vector<std::string>& arguments) {
  std::ostringstream out;
  std::ostringstream err;
  CommandOutcome outcome = run_command_line(arguments, out, err);
  return {std::move(outcome), out.str(), err.str()};
}

bool is_one_line(const std::string& text) {
  return text.ends_with('\n') && std::count(text.begin(), text.end(), '\n') == 1;
}

TEST_SUITE("cli") {
  TEST_CASE("backplane: a wrong command line is one line and 64") {
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{},
          std::vector<std::string>{"frobnicate"},
          std::vector<std::string>{"--frob"},
          std::vector<std::string>{"serve", "--frob"},
          std::vector<std::string>{"serve", "extra"},
          std::vector<std::string>{"serve", "--data"},
          std::vector<std::string>{"serve", "--data", "x"},
          std::vector<std::string>{"check"},
          std::vector<std::string>{"check", "a", "b"},
          std::vector<std::string>{"inspect"},
          std::vector<std::string>{"inspect", "--jsn", "a.so"},
          std::vector<std::string>{"test-plugin"},
          std::vector<std::string>{"test-plugin", "a.so", "--reloads", "x"},
          std::vector<std::string>{"token"},
          std::vector<std::string>{"audit", "verify"},
          std::vector<std::string>{"audit", "sign", "x"},
          std::vector<std::string>{"status", "extra"},
          std::vector<std::string>{"traffic", "e"},
          std::vector<std::string>{"status", "--admin", "x"},
          std::vector<std::string>{"call", "e", "--token-file", "/nonexistent/t"}}) {
      const Run ran = run(arguments);
      CAPTURE(ran.err);
      CHECK(ran.outcome.exit_code == ExitCode::kUsage);
      CHECK_FALSE(ran.outcome.serve.has_value());
      CHECK(is_one_line(ran.err));
      CHECK(ran.err.starts_with("backplane: "));
      CHECK(ran.out.empty());
    }
  }

  TEST_CASE("backplane: --help explains the program and each command, on stdout") {
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"--help"}, std::vector<std::string>{"serve", "--help"},
          std::vector<std::string>{"check", "--help"}, std::vector<std::string>{"inspect", "-h"},
          std::vector<std::string>{"test-plugin", "--help"},
          std::vector<std::string>{"token", "--help"}, std::vector<std::string>{"status", "--help"},
          std::vector<std::string>{"call", "-h"}}) {
      const Run ran = run(arguments);
      CHECK(ran.outcome.exit_code == ExitCode::kOk);
      CHECK_FALSE(ran.outcome.serve.has_value());
      CHECK(ran.out.find("usage: backplane") != std::string::npos);
      CHECK(ran.out.find("64") != std::string::npos);
      CHECK(ran.err.empty());
    }
  }

  TEST_CASE("backplane: --version says which release it is") {
    const Run ran = run({"--version"});
    CHECK(ran.outcome.exit_code == ExitCode::kOk);
    CHECK(ran.out.starts_with("backplane "));
    CHECK(std::count(ran.out.begin(), ran.out.end(), '.') == 2);
    CHECK(is_one_line(ran.out));
    CHECK(ran.err.empty());
  }

  TEST_CASE("backplane: every command that asks a host teaches with examples and exit codes") {
    for (const char* name : {"status", "endpoints", "backends", "plugins", "history", "operations",
                             "events", "call", "apply", "undo", "reload", "rollback", "promote",
                             "scale", "traffic", "policy", "shadows", "delete"}) {
      CAPTURE(name);
      const std::string help = run({name, "--help"}).out;
      const std::string example = std::string("\n  backplane ") + name;
      const std::size_t first = help.find(example);
      REQUIRE(first != std::string::npos);
      CHECK(help.find(example, first + 1) != std::string::npos);
      for (const char* part :
           {"--admin=", "--token-file=", "--timeout=", "Default", " 69 ", " 77 "}) {
        CAPTURE(part);
        CHECK(help.find(part) != std::string::npos);
      }
      CHECK(run({"--help"}).out.find(std::string("\n  ") + name + " ") != std::string::npos);
    }
  }

  TEST_CASE("backplane serve: comes back with what to run") {
    const Run ran = run({"serve", "--data", "127.0.0.1:0", "--admin", "127.0.0.1:0"});
    REQUIRE(ran.outcome.serve.has_value());
    CHECK(ran.outcome.serve->config.data.port == 0);
    CHECK(ran.out.empty());
    CHECK(ran.err.empty());
  }

  // faults.md 3.6 row 96, behaviours.md B59.
  TEST_CASE("backplane serve: a wrong configuration is one line and 78") {
    const TemporaryFolder folder;
    for (const std::string& file :
         {folder.add("a.json", R"({"data": {"port": "x"}, "admn": {}})"), folder.add("b.json", "{"),
          folder.path().string() + "/none.json"}) {
      const Run ran = run({"serve", "--config", file});
      CAPTURE(ran.err);
      CHECK(ran.outcome.exit_code == ExitCode::kBadConfig);
      CHECK(is_one_line(ran.err));
      CHECK(ran.err.find(file) != std::string::npos);
    }
    CHECK(run({"serve", "--admin", "0.0.0.0:1"}).outcome.exit_code == ExitCode::kBadConfig);
  }

  TEST_CASE("backplane check and inspect: their end is the program's") {
    const TemporaryFolder folder;
    CHECK(run({"check", folder.add("g.json", "{}")}).outcome.exit_code == ExitCode::kOk);
    CHECK(run({"check", folder.add("w.json", "[]")}).outcome.exit_code == ExitCode::kBadConfig);
    const Run inspected = run({"inspect", "--json", folder.add("x.so", "text")});
    CHECK(inspected.outcome.exit_code == ExitCode::kFailed);
    CHECK(inspected.out.starts_with("{"));
  }
}

}  // namespace
}  // namespace backplane::host
