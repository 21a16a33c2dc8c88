#include "host/cli/audit_command.hpp"

#include <filesystem>
#include <ostream>
#include <string>
#include <system_error>
#include <vector>

#include "host/admin/audit_file.hpp"
#include "host/admin/audit_verifier.hpp"
#include "host/json/json_writer.hpp"

namespace backplane::host {
namespace {

std::vector<std::filesystem::path> files_of(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(path, ignored)) return {path};
  std::vector<std::filesystem::path> files = former_audit_files(path);
  files.push_back(path / "audit.jsonl");
  return files;
}

std::string json_of(const AuditExtent& extent) {
  std::string text;
  JsonWriter json(text);
  json.begin_object()
      .member("lines", extent.lines)
      .member("first", extent.first)
      .member("last", extent.last)
      .member("digest", extent.digest)
      .end_object();
  return text;
}

}  // namespace

CommandSyntax audit_syntax() {
  return {
      .name = "audit",
      .summary =
          "Follows the chain of an audit log from line to line and names the first one that was "
          "changed, left out or put in.",
      .operands = {"verify", "PATH"},
      .options = {{"json", "", "Print one JSON object."}},
      .examples = {"audit verify /var/lib/backplane", "audit verify audit.jsonl --json"},
      .notes =
          "PATH is one audit log, or a state directory with all of them. Prints how many lines "
          "there are and the SHA-256 of the last one: whether lines behind it were taken away "
          "only somebody knows who has noted that elsewhere. Ends with 0 when the chain is "
          "whole, 1 when it is broken, 64 when the command line is wrong, 78 when there is no "
          "such file.",
  };
}

ExitCode run_audit(const ParsedCommand& command, std::ostream& out, std::ostream& err) {
  if (command.operands.front() != "verify") {
    err << "backplane: audit: found '" << command.operands.front()
        << "', wanted 'verify'; see 'backplane audit --help'\n";
    return ExitCode::kUsage;
  }
  const std::string& path = command.operands.back();
  const Result<AuditExtent> extent = verify_audit(files_of(path));
  if (!extent.ok()) {
    err << extent.error().message() << "\n";
    return extent.error().code() == ErrorCode::kNotFound ? ExitCode::kBadConfig : ExitCode::kFailed;
  }
  const AuditExtent& whole = extent.value();
  if (command.has("json")) {
    out << json_of(whole) << "\n";
  } else {
    out << path << ": the chain is whole: " << whole.lines << " lines, " << whole.first << " to "
        << whole.last << ", the last one's SHA-256 is " << whole.digest << "\n";
  }
  return ExitCode::kOk;
}

}  // namespace backplane::host
