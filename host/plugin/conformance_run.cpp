#include "host/plugin/conformance_run.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <sys/stat.h>
#include <system_error>
#include <utility>

#include "host/plugin/conformance_verdict.hpp"
#include "host/plugin/inspect_report.hpp"
#include "host/plugin/probe_process.hpp"
#include "host/plugin/staging_directory.hpp"
#include "host/plugin/trial_child.hpp"

namespace backplane::host {
namespace {

// A folder of our own for copies, as a host has one: who tests may build meanwhile. Removed when it
// goes.
class CopyFolder {
 public:
  static Result<CopyFolder> make() {
    std::error_code error;
    const auto temporary = std::filesystem::temp_directory_path(error);
    std::string path = (temporary / "backplane-test-XXXXXX").string();
    if (error || mkdtemp(path.data()) == nullptr) {
      return Error(ErrorCode::kUnavailable, "staging_failed",
                   "no folder for copies in '" + temporary.string() +
                       "': " + std::generic_category().message(errno));
    }
    return CopyFolder(std::move(path));
  }
  ~CopyFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  CopyFolder(CopyFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  CopyFolder& operator=(CopyFolder&& other) = delete;

  const std::string& path() const { return path_; }

 private:
  explicit CopyFolder(std::string path) : path_(std::move(path)) {}

  std::string path_;
};

Result<StagedFile> copy_to(const StagingDirectory& staging, const std::string& path,
                           std::uint64_t generation) {
  FileDescriptor file(open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  struct stat status {};
  if (!file.valid() || fstat(file.get(), &status) != 0) {
    return Error(ErrorCode::kUnavailable, "staging_failed",
                 "'" + path + "' cannot be opened: " + std::generic_category().message(errno));
  }
  const DroppedFile dropped{.fd = std::move(file), .identity = FileIdentity::of(status)};
  // Whatever it is called: the copy's name must only be one of a plugin.
  return staging.copy(dropped, "plugin.so", generation);
}

std::string configured(const std::map<std::string, std::string>& by_handler,
                       const std::string& handler) {
  auto found = by_handler.find(handler);
  if (found == by_handler.end()) found = by_handler.find("");
  return found == by_handler.end() ? std::string() : found->second;
}

// One that the options name and the plugin does not have.
std::optional<std::string> stranger(const ConformanceOptions& options,
                                    const std::vector<HandlerDescription>& handlers) {
  for (const auto* named : {&options.init_json, &options.user_config_json}) {
    for (const auto& one : *named) {
      const std::string& name = one.first;
      const bool known = name.empty() || std::any_of(handlers.begin(), handlers.end(),
                                                     [&name](const HandlerDescription& handler) {
                                                       return handler.name == name;
                                                     });
      if (!known) return name;
    }
  }
  return std::nullopt;
}

// All but the first look: what the plugin does when it is used.
class ConformanceRun {
 public:
  ConformanceRun(const ConformanceOptions& options, int program, std::string copy,
                 std::string other_copy)
      : options_(options), program_(program), copy_(std::move(copy)) {
    plan_.samples = options.samples;
    plan_.patience = std::min(plan_.patience, options.time_limit / 2);
    plan_.other_copy = std::move(other_copy);
  }

  Status run(const InspectReport& inspected, std::vector<ConformanceResult>& results) {
    std::vector<HandlerTrialSeen> seen;
    seen.reserve(inspected.handlers.size());
    for (const HandlerDescription& handler : inspected.handlers) {
      auto one = try_handler(handler);
      if (!one.ok()) return std::move(one).error();
      seen.push_back(std::move(one).value());
      add(judge_handler(plan_, seen.back()), results);
    }
    add(judge_life(inspected, seen), results);
    return try_reloads(seen, results);
  }

 private:
  static void add(std::vector<ConformanceResult> more, std::vector<ConformanceResult>& results) {
    for (ConformanceResult& one : more) results.push_back(std::move(one));
  }

  ProbeRequest request_for(const std::vector<ProbeHandler>& handlers) const {
    return {.plugin = {},
            .path = copy_,
            .handlers = handlers,
            .trial = plan_,
            .cpu_time = std::chrono::ceil<std::chrono::seconds>(options_.time_limit)};
  }
  ProbeHandler probed(const HandlerDescription& handler) const {
    return {.handler = handler.name,
            .backend = handler.name,
            .init_json = configured(options_.init_json, handler.name),
            .user_config_json = configured(options_.user_config_json, handler.name)};
  }

  Result<HandlerTrialSeen> try_handler(const HandlerDescription& handler) const {
    const auto end =
        run_trial_child(program_, request_for({probed(handler)}), options_.time_limit, nullptr);
    if (!end.ok()) return end.error();
    const TrialChildEnd& ended = end.value();
    return HandlerTrialSeen{.handler = handler,
                            .outcome = judge_probe(ended.said, ended.ending, options_.time_limit),
                            .notes = read_trial(ended.said)};
  }

  Status try_reloads(const std::vector<HandlerTrialSeen>& seen,
                     std::vector<ConformanceResult>& results) {
    std::vector<ProbeHandler> handlers;
    for (const HandlerTrialSeen& one : seen) {
      if (is_reloadable(one)) handlers.push_back(probed(one.handler));
    }
    if (options_.reloads == 0 || handlers.empty()) return {};
    plan_.reloads = options_.reloads;
    const auto watch = [this](const std::string& said) {
      if (options_.progress) options_.progress(read_trial(said).reload);
    };
    const auto end = run_trial_child(program_, request_for(handlers), options_.time_limit, watch);
    if (!end.ok()) return end.error();
    const TrialChildEnd& ended = end.value();
    add(judge_reloads(options_.reloads,
                      {.outcome = judge_probe(ended.said, ended.ending, options_.time_limit),
                       .notes = read_trial(ended.said),
                       .timed_out = ended.ending.timed_out}),
        results);
    return {};
  }

  const ConformanceOptions& options_;
  const int program_;
  const std::string copy_;
  TrialPlan plan_;
};

}  // namespace

Result<ConformanceReport> test_conformance(const std::string& path,
                                           const ConformanceOptions& options) {
  ConformanceReport report{.file = path, .results = {}};
  const InspectReport inspected =
      inspect_plugin(path, PreflightPolicy{}, options.probe_program, options.time_limit);
  if (inspected.refusal && inspected.refusal->code() == ErrorCode::kUnavailable) {
    return *inspected.refusal;
  }
  report.results = judge_load(inspected);
  if (inspected.refusal) {
    complete_results(report.results, "not reached: a host would not load it");
    return report;
  }
  if (const auto name = stranger(options, inspected.handlers)) {
    return Error(ErrorCode::kInvalidArgument, "unknown_handler",
                 "the plugin has no handler '" + *name + "'");
  }
  auto program = ProbeProcess::open_program(options.probe_program);
  if (!program.ok()) return std::move(program).error();
  auto folder = CopyFolder::make();
  if (!folder.ok()) return std::move(folder).error();
  auto staging = StagingDirectory::create(folder.value().path() + "/staging");
  if (!staging.ok()) return std::move(staging).error();
  auto copy = copy_to(staging.value(), path, 1);
  if (!copy.ok()) return std::move(copy).error();
  auto other = copy_to(staging.value(), path, 2);
  if (!other.ok()) return std::move(other).error();
  ConformanceRun run(options, program.value().get(), copy.value().path(), other.value().path());
  Status ran = run.run(inspected, report.results);
  if (!ran.ok()) return std::move(ran).error();
  complete_results(report.results, options.reloads == 0
                                       ? "not asked for (--reloads 0)"
                                       : "not tried: no handler can be reloaded, see above");
  return report;
}

}  // namespace backplane::host
