#include "host/cli/check_command.hpp"

#include <ostream>
#include <vector>

#include "host/config/app_document_reader.hpp"
#include "host/config/config_file.hpp"
#include "host/config/host_config_reader.hpp"

namespace backplane::host {

CommandSyntax check_syntax() {
  return {
      .name = "check",
      .summary =
          "Reads a host configuration or an app document and prints every error with its "
          "place: FILE:LINE:COLUMN. Changes nothing.",
      .operands = {"FILE"},
      .options = {},
      .notes =
          "A document with 'backends' or 'endpoints' is an app document. Ends with 0 when "
          "there is no error, 78 when there is one, 64 when the command line is wrong.",
  };
}

ExitCode run_check(const std::string& file, std::ostream& out, std::ostream& err) {
  const Result<ConfigFile> opened = ConfigFile::open(file);
  if (!opened.ok()) {
    err << opened.error().message() << "\n";
    return ExitCode::kBadConfig;
  }
  const JsonValue root = opened.value().root();
  const bool is_app = root.find("backends").has_value() || root.find("endpoints").has_value();
  std::vector<Error> errors;
  if (is_app) {
    read_app_document(root, AppLimits{}, errors);
  } else {
    read_host_config(root, opened.value().folder(), errors);
  }
  for (const Error& error : errors) err << opened.value().describe(error) << "\n";
  if (!errors.empty()) return ExitCode::kBadConfig;
  out << file << ": " << (is_app ? "app document" : "host configuration") << ", no errors\n";
  return ExitCode::kOk;
}

}  // namespace backplane::host
