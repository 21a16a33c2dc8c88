#include "host/plugin/probe_child.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>

#include "host/base/exit_code.hpp"
#include "host/base/thread.hpp"
#include "host/plugin/handler_trial.hpp"
#include "host/plugin/probe_answer.hpp"
#include "host/plugin/probe_confinement.hpp"
#include "host/plugin/probe_request.hpp"
#include "host/plugin/probe_run.hpp"
#include "host/plugin/reload_trial.hpp"
#include "host/plugin/trial_words.hpp"

namespace backplane::host {
namespace {

constexpr int kAnswer = STDERR_FILENO + 1;

[[noreturn]] void give_up(std::string_view why) {
  const std::string line = "backplane-probe: " + std::string(why) + "\n";
  static_cast<void>(!write(STDERR_FILENO, line.data(), line.size()));
  _exit(static_cast<int>(ExitCode::kUsage));
}

std::string read_request() {
  std::string text;
  std::array<char, 16384> buffer;
  for (;;) {
    const ssize_t count = read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

void say(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(kAnswer, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) _exit(kExitSpeechless);
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

[[noreturn]] void end_with(std::string_view line) {
  say(line);
  give_way();  // to take a process apart is one long piece of work
  _exit(static_cast<int>(ExitCode::kOk));
}

// Leaves the process with the answer's file and nothing else. What the host has open closes by
// itself when a program is started; a library of the host's may have forgotten to ask for that.
void arrange_descriptors() {
  dup3(STDOUT_FILENO, kAnswer, O_CLOEXEC);
  close_range(kAnswer + 1, ~0U, 0);
  const int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(nowhere, stream);
  close(nowhere);
}

// Says what is true until the next such line, which takes its place: there may be any number.
class PresentLine {
 public:
  void say(std::string line) {
    constexpr std::size_t kWidth = 96;
    line.insert(line.size() - 1, kWidth - line.size(), ' ');
    if (place_ < 0) {
      place_ = lseek(kAnswer, 0, SEEK_CUR);
      return backplane::host::say(line);
    }
    if (pwrite(kAnswer, line.data(), line.size(), place_) < 0) _exit(kExitSpeechless);
  }

 private:
  off_t place_ = -1;
};

// What runs on the thread that loads. Outlives it, and is never destroyed: _exit() comes first.
struct Trying {
  std::optional<ProbeRun> run;
  std::optional<HandlerTrial> requests;
  std::optional<ReloadTrial> reloads;
  PresentLine present;
  ProbeReport passed;
};

void try_plugin(const ProbeRequest& request, Trying& trying) {
  ProbeRun::Ask ask;
  if (request.trial) {
    HandlerTrial& trial = trying.requests.emplace(*request.trial, say);
    ask = [&trial](HandlerInstance& instance, const HandlerDescription& description,
                   const ContractCounts& counts) {
      return trial.run(instance, description, counts);
    };
  }
  trying.run.emplace(
      request,
      [](ProbeStage stage, std::string_view backend) {
        say(stage_line(stage, backend));
        give_way();
      },
      std::move(ask));
  auto report = trying.run->run();
  if (!report.ok()) end_with(error_line(report.error()));
  trying.passed = std::move(report).value();
}

void try_reloads(const ProbeRequest& request, Trying& trying) {
  trying.reloads.emplace(
      request,
      [&trying](std::uint32_t number, ProbeStage stage) {
        trying.present.say(reload_line(number, stage));
      },
      [](const ReloadMark& mark) { say(mark_line(mark)); });
  const Status tried = trying.reloads->run();
  if (!tried.ok()) end_with(error_line(tried.error()));
}

}  // namespace

void run_probe_child() {
  give_way();
  const auto order = read_probe_request(read_request());
  if (!order.ok()) give_up("it is for backplane to start; " + order.error().message());
  arrange_descriptors();
  const ProbeRequest& request = order.value().request;
  confine_probe(order.value().parent, request.cpu_time);
  Trying trying;
  // As in the host, a thread loads and unloads that ends later: what the plugin has left with it to
  // be called then is called after it was unmapped.
  auto loader = Thread::start("bp-load", ThreadRole::kControl, [&] {
    if (request.trial && request.trial->reloads > 0) return try_reloads(request, trying);
    try_plugin(request, trying);
  });
  if (!loader.ok()) end_with(error_line(loader.error()));
  loader.value().join();
  end_with(report_line(trying.passed));
}

}  // namespace backplane::host
