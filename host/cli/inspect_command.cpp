#include "host/cli/inspect_command.hpp"

#include <chrono>
#include <ostream>

#include "host/plugin/inspect_report.hpp"
#include "host/plugin/probe_runner.hpp"

namespace backplane::host {
namespace {

// A plugin that takes longer to say what it offers would be refused by the host as well.
constexpr std::chrono::seconds kProbeTime{10};

}  // namespace

CommandSyntax inspect_syntax() {
  return {
      .name = "inspect",
      .summary =
          "Reads a plugin as the host would: name, version, ABI, handlers, digest, and what "
          "would make the host refuse it. Its code runs in a child process only, and only "
          "when its file is sound.",
      .operands = {"FILE.so"},
      .options = {{"strict", "", "Warnings refuse the plugin as well."},
                  {"json", "", "Print one JSON object."}},
      .notes =
          "It knows no configuration: what plugins.allow and plugins.signing_key keep out is "
          "for the host to say (GET /v1/plugins).\n\n"
          "Ends with 0 when the host would take the plugin, 1 when it would not, 64 when the "
          "command line is wrong.",
  };
}

ExitCode run_inspect(const std::string& file, bool strict, bool json, std::ostream& out) {
  const InspectReport report =
      inspect_plugin(file, PreflightPolicy{}, ProbeRunner::program_beside_this(), kProbeTime);
  out << (json ? to_json(report, strict) : to_text(report, strict));
  return report.accepted(strict) ? ExitCode::kOk : ExitCode::kFailed;
}

}  // namespace backplane::host
