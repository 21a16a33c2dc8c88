#include "host/cli/test_plugin_command.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <ostream>
#include <string_view>
#include <unistd.h>
#include <utility>

#include "host/cli/input_file.hpp"
#include "host/config/names.hpp"
#include "host/json/json_reader.hpp"
#include "host/plugin/probe_runner.hpp"
#include "host/plugin/trial_plan.hpp"

namespace backplane::host {
namespace {

constexpr std::size_t kLargestFile = std::size_t{16} << 20U;
constexpr std::int64_t kLongestTimeout = 86'400'000;

Error bad_option(std::string_view option, const std::string& message) {
  return {ErrorCode::kInvalidArgument, "bad_option", "--" + std::string(option) + ": " + message};
}

// `text`, or what is in the file that it names behind an "@".
Result<std::string> text_or_file(std::string_view option, const std::string& text) {
  if (!text.starts_with('@')) return text;
  auto file = read_input_file(text.substr(1), kLargestFile);
  if (!file.ok()) return bad_option(option, file.error().message());
  return file;
}

struct Range {
  std::int64_t least;
  std::int64_t most;
};

Status take_number(const ParsedCommand& command, const std::string& option, const Range& range,
                   std::int64_t& number) {
  if (!command.has(option)) return {};
  const std::string text = command.value(option);
  std::int64_t found = -1;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), found);
  const bool whole = read.ec == std::errc() && read.ptr == text.data() + text.size();
  if (!whole || found < range.least || found > range.most) {
    return bad_option(option, "found '" + text + "', wanted " + std::to_string(range.least) +
                                  " to " + std::to_string(range.most));
  }
  number = found;
  return {};
}

// [HANDLER=]JSON, as often as it was given.
Status take_configurations(const ParsedCommand& command, const std::string& option,
                           std::map<std::string, std::string>& by_handler) {
  const auto given = command.lists.find(option);
  if (given == command.lists.end()) return {};
  for (const std::string& word : given->second) {
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(0, equals == word.npos ? 0 : equals);
    const bool named = check_handler_name(name).ok();
    auto json = text_or_file(option, named ? word.substr(equals + 1) : word);
    if (!json.ok()) return std::move(json).error();
    const auto parsed = parse_json(json.value());
    if (!parsed.ok()) {
      return bad_option(option, parsed.error().message() + "; wanted JSON, or HANDLER=JSON");
    }
    by_handler[named ? name : std::string()] = std::move(json).value();
  }
  return {};
}

void add_lines(std::string_view text, std::vector<std::string>& samples) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    samples.emplace_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

Status take_samples(const ParsedCommand& command, std::vector<std::string>& samples) {
  const auto given = command.lists.find("request");
  if (given != command.lists.end()) {
    for (const std::string& word : given->second) {
      auto body = text_or_file("request", word);
      if (!body.ok()) return std::move(body).error();
      samples.push_back(std::move(body).value());
    }
  }
  if (command.has("samples")) {
    const auto file = read_input_file(command.value("samples"), kLargestFile);
    if (!file.ok()) return bad_option("samples", file.error().message());
    add_lines(file.value(), samples);
  }
  if (samples.size() > kMaxSamples) {
    return bad_option("samples", "found " + std::to_string(samples.size()) + ", wanted at most " +
                                     std::to_string(kMaxSamples));
  }
  std::size_t bytes = 0;
  for (const std::string& sample : samples) bytes += sample.size();
  if (bytes > kLargestFile) {
    return bad_option("samples", "found " + std::to_string(bytes) + " bytes, wanted at most " +
                                     std::to_string(kLargestFile));
  }
  if (samples.empty()) samples = generic_samples();
  return {};
}

// Where somebody looks on: how far it is, in one line that is written over and gone in the end.
Result<ConformanceReport> test_in_sight(const std::string& path, ConformanceOptions& options,
                                        std::ostream& err) {
  const bool on_terminal = isatty(STDERR_FILENO) == 1;
  if (on_terminal) {
    options.progress = [&err, all = options.reloads](std::uint32_t done) {
      err << "\r" << done << " of " << all << " reloads" << std::flush;
    };
  }
  auto report = test_conformance(path, options);
  if (on_terminal) err << "\r\033[K" << std::flush;
  return report;
}

}  // namespace

CommandSyntax test_plugin_syntax() {
  return {
      .name = "test-plugin",
      .summary =
          "Takes a plugin through its life as hosts do, and says of each part whether it went "
          "well: load, create, answers, errors, batch, process, threads, unload, reloads, memory. "
          "Its code runs in child processes with limits; no host is needed.",
      .operands = {"FILE.so"},
      .options =
          {{"config", "[HANDLER=]JSON",
            "What backends have as 'init', of one handler or of all; @FILE: what is in FILE. May "
            "be given again. Default: none.",
            true},
           {"user-config", "[HANDLER=]JSON", "The same for 'user_config'.", true},
           {"request", "BODY",
            "A body that the handlers take, as a sample; @FILE: what is in FILE. May be given "
            "again.",
            true},
           {"samples", "FILE",
            "More samples, a body in each line. Default, without --request: an empty body, null, "
            "1, \"x\", {} and [1,2]."},
           {"reloads", "N", "How often it is loaded and unloaded. Default: 1000; 0: not at all."},
           {"timeout", "MS", "For each handler, and for all reloads. Default: 60000."},
           {"json", "", "Print one JSON object."}},
      .examples = {"test-plugin build/plugins/textstats.so --request '{\"text\":\"One two.\"}'",
                   "test-plugin greeter.so --config '{\"greeting\":\"good day\"}' --reloads 100"},
      .notes =
          "Samples are sent alone, twice, and, where the handler takes batches, together: those "
          "that are answered well and alike must be answered so in a batch. Memory, mappings and "
          "descriptors after the last reload are held against those after the 100th (half of "
          "them, where there are fewer than 200).\n\n"
          "Ends with 0 when nothing failed, 1 when something did, 64 when the command line is "
          "wrong, 71 when the system gives no child process or no place for copies.",
  };
}

Result<ConformanceOptions> conformance_options(const ParsedCommand& command) {
  ConformanceOptions options;
  Status good = take_configurations(command, "config", options.init_json);
  if (good.ok()) good = take_configurations(command, "user-config", options.user_config_json);
  if (good.ok()) good = take_samples(command, options.samples);
  std::int64_t reloads = options.reloads;
  if (good.ok()) good = take_number(command, "reloads", {0, kMaxReloads}, reloads);
  std::int64_t timeout = options.time_limit.count();
  if (good.ok()) good = take_number(command, "timeout", {1, kLongestTimeout}, timeout);
  if (!good.ok()) return std::move(good).error();
  options.reloads = static_cast<std::uint32_t>(reloads);
  options.time_limit = std::chrono::milliseconds(timeout);
  return options;
}

ExitCode run_test_plugin(const ParsedCommand& command, std::ostream& out, std::ostream& err) {
  auto options = conformance_options(command);
  if (!options.ok()) {
    err << "backplane: test-plugin: " << options.error().message() << "\n";
    return ExitCode::kUsage;
  }
  options.value().probe_program = ProbeRunner::program_beside_this();
  const auto report = test_in_sight(command.operands.front(), options.value(), err);
  if (!report.ok()) {
    err << "backplane: test-plugin: " << report.error().message() << "\n";
    return report.error().reason() == "unknown_handler" ? ExitCode::kUsage : ExitCode::kOsError;
  }
  out << (command.has("json") ? to_json(report.value()) : to_text(report.value()));
  return report.value().passed() ? ExitCode::kOk : ExitCode::kFailed;
}

}  // namespace backplane::host
