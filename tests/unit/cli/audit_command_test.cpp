#include "host/cli/audit_command.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <doctest/doctest.h>

#include "host/admin/audit_file.hpp"
#include "tests/support/temporary_directory.hpp"

namespace backplane::host {
namespace {

struct Run {
  ExitCode code;
  std::string out;
  std::string err;
};

Run run(const std::filesystem::path& path, bool json = false) {
  ParsedCommand command;
  command.operands = {"verify", path.string()};
  if (json) command.options["json"];
  std::ostringstream out;
  std::ostringstream err;
  const ExitCode code = run_audit(command, out, err);
  return {code, out.str(), err.str()};
}

void write_lines(const std::filesystem::path& file, int lines) {
  auto log = AuditFile::open(file, 2000);
  REQUIRE(log.ok());
  AuditRecord record;
  record.action = "PUT";
  for (int i = 0; i < lines; ++i) REQUIRE(log.value().append(record, WallTime{}, false).ok());
}

TEST_SUITE("cli") {
  TEST_CASE("backplane audit verify: a directory is followed over all its files, or one of them") {
    const TemporaryDirectory directory;
    write_lines(directory.path() / "audit.jsonl", 30);
    const Run whole = run(directory.path());
    CHECK(whole.code == ExitCode::kOk);
    CHECK(whole.out.find("the chain is whole: 30 lines, 1 to 30, ") != std::string::npos);
    const Run last = run(directory.path() / "audit.jsonl", true);
    CHECK(last.code == ExitCode::kOk);
    CHECK(last.out.find(R"("last":30,"digest":")") != std::string::npos);
    CHECK(last.out.find(R"("first":1,)") == std::string::npos);
  }

  TEST_CASE("backplane audit verify: a file that is missing from the middle is found") {
    const TemporaryDirectory directory;
    write_lines(directory.path() / "audit.jsonl", 60);
    const auto former = former_audit_files(directory.path());
    REQUIRE(former.size() > 2);
    std::filesystem::remove(former[1]);
    const Run broken = run(directory.path());
    CHECK(broken.code == ExitCode::kFailed);
    CHECK(broken.out.empty());
    CHECK_MESSAGE(broken.err.starts_with(former[2].string() + ":1: "), broken.err);
  }

  TEST_CASE("backplane audit verify: where there is no log, that is said") {
    const TemporaryDirectory directory;
    CHECK(run(directory.path()).code == ExitCode::kBadConfig);
    CHECK(run(directory.path() / "none").code == ExitCode::kBadConfig);
  }
}

}  // namespace
}  // namespace backplane::host
