#include "host/plugin/inspect_report.hpp"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <utility>

#include "host/json/json_writer.hpp"
#include "host/plugin/file_descriptor.hpp"
#include "host/plugin/handler_json.hpp"
#include "host/plugin/plugin_text.hpp"
#include "host/plugin/preflight_code.hpp"
#include "host/plugin/probe_report.hpp"
#include "host/plugin/probe_runner.hpp"
#include "host/plugin/sha256.hpp"

namespace backplane::host {
namespace {

Error open_error(int error) {
  if (error == ELOOP) {
    return refusal(PreflightCode::kNotRegularFile,
                   "is a symbolic link, which the host does not follow");
  }
  if (error == ENXIO) return refusal(PreflightCode::kNotRegularFile, "is a socket or a device");
  return {ErrorCode::kNotFound, error == ENOENT ? "plugin_not_found" : "plugin_permissions",
          "cannot be opened: " + std::generic_category().message(error)};
}

// A line of the text: a name of fixed width, and its value. Without a name it goes on with the one
// before.
void add_line(std::string& text, std::string_view name, std::string_view value) {
  constexpr std::size_t kWidth = 12;
  text.append("  ").append(name).append(kWidth - name.size(), ' ').append(value).append("\n");
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::string abi_of(std::uint32_t major, std::uint32_t minor) {
  return std::to_string(major) + "." + std::to_string(minor);
}

std::string line_of(const HandlerDescription& handler) {
  std::string line = handler.name + " " + handler.version;
  if (handler.max_batch > 1) line += ", batches of up to " + std::to_string(handler.max_batch);
  if (handler.reconfigurable) line += ", takes user_config";
  if (handler.stateless) line += ", stateless";
  if (handler.never_blocks) line += ", never blocks";
  if (handler.async) line += ", async";
  if (handler.streams) line += ", streams";
  return line;
}

void add_preflight(std::string& text, const PreflightReport& report) {
  const PluginNote& note = report.note;
  add_line(text, "name", note.name);
  add_line(text, "version", note.version);
  add_line(text, "plugin ABI",
           abi_of(note.abi_major, note.abi_minor) + ", for hosts of " +
               abi_of(note.abi_major, note.min_host_minor) + " or newer");
  add_line(text, "needs", joined(report.needed));
  add_line(text, "exports", joined(report.exports));
}

void write_preflight(JsonWriter& json, const PreflightReport& report) {
  const PluginNote& note = report.note;
  json.member("name", note.name)
      .member("version", note.version)
      .member("abi", abi_of(note.abi_major, note.abi_minor))
      .member("min_host_abi", abi_of(note.abi_major, note.min_host_minor));
  json.key("needed").begin_array();
  for (const std::string& library : report.needed) json.string(library);
  json.end_array().key("exports").begin_array();
  for (const std::string& symbol : report.exports) json.string(symbol);
  json.end_array();
}

void write_warnings(JsonWriter& json, const std::vector<PreflightWarning>& warnings) {
  json.key("warnings").begin_array();
  for (const PreflightWarning& warning : warnings) {
    json.begin_object()
        .member("code", warning.code)
        .member("message", warning.message)
        .member("advice", advice_for(warning.code))
        .end_object();
  }
  json.end_array();
}

PreflightWarning probe_warning(const std::string& code) {
  return {code, code == kLeavesThreads ? "leaves threads running after its deinit"
                                       : "stays in memory when it is unloaded"};
}

// Tries the plugin whose preflight passed.
void probe(InspectReport& report, const std::string& program,
           std::chrono::milliseconds time_limit) {
  auto runner = ProbeRunner::start(program, time_limit);
  if (!runner.ok()) {
    report.refusal = std::move(runner).error();
    return;
  }
  std::error_code ignored;
  auto probed =
      runner.value()->probe({.plugin = {},
                             .path = std::filesystem::absolute(report.file, ignored).string(),
                             .handlers = {}});
  if (!probed.ok()) {
    report.refusal = std::move(probed).error();
    return;
  }
  report.handlers = std::move(probed.value().handlers);
  for (const std::string& code : probed.value().warnings) {
    report.warnings.push_back(probe_warning(code));
  }
}

}  // namespace

bool InspectReport::accepted(bool strict) const {
  return !refusal && (!strict || warnings.empty());
}

InspectReport inspect_plugin(const std::string& path, const PreflightPolicy& policy,
                             const std::string& probe_program,
                             std::chrono::milliseconds time_limit) {
  InspectReport report;
  report.file = path;
  const FileDescriptor fd(
      open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC));
  if (!fd.valid()) {
    report.refusal = open_error(errno);
    return report;
  }
  auto judged = preflight(fd.get(), policy);
  struct stat status {};
  if (fstat(fd.get(), &status) == 0 && S_ISREG(status.st_mode)) {
    report.size = static_cast<std::uint64_t>(status.st_size);
    if (report.size <= policy.max_size) {
      auto digest = sha256_of(fd.get());
      if (digest.ok()) report.sha256 = std::move(digest).value();
    }
  }
  if (!judged.ok()) {
    report.refusal = std::move(judged).error();
    return report;
  }
  report.preflight = std::move(judged).value();
  report.warnings = report.preflight->warnings;
  probe(report, probe_program, time_limit);
  return report;
}

std::string to_text(const InspectReport& report, bool strict) {
  std::string text = printable(report.file, 4096) + "\n";
  if (!report.sha256.empty()) {
    add_line(text, "size", std::to_string(report.size) + " bytes");
    add_line(text, "sha256", report.sha256);
  }
  if (report.preflight) add_preflight(text, *report.preflight);
  std::string_view name = "handlers";
  for (const HandlerDescription& handler : report.handlers) {
    add_line(text, std::exchange(name, ""), line_of(handler));
  }
  for (const PreflightWarning& warning : report.warnings) {
    add_line(text, "warning", warning.code + ": it " + warning.message);
    add_line(text, "", advice_for(warning.code));
  }
  if (report.refusal) {
    add_line(
        text, "verdict",
        "refused, " + std::string(report.refusal->reason()) + ": " + report.refusal->message());
    add_line(text, "to do", advice_for(report.refusal->reason()));
  } else if (!report.accepted(strict)) {
    add_line(text, "verdict", "refused: warnings count when it is strict");
  } else {
    add_line(text, "verdict", "accepted");
  }
  return text;
}

std::string to_json(const InspectReport& report, bool strict) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().member("file", report.file).member("size", report.size);
  if (!report.sha256.empty()) json.member("sha256", report.sha256);
  if (report.preflight) {
    write_preflight(json, *report.preflight);
    write_warnings(json, report.warnings);
  }
  write_handlers(json, report.handlers);
  json.member("accepted", report.accepted(strict));
  if (report.refusal) {
    json.member("code", report.refusal->reason())
        .member("message", report.refusal->message())
        .member("advice", advice_for(report.refusal->reason()));
  }
  json.end_object();
  return text + "\n";
}

}  // namespace backplane::host
