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
#include "host/plugin/probe_answer.hpp"
#include "host/plugin/probe_confinement.hpp"
#include "host/plugin/probe_request.hpp"
#include "host/plugin/probe_run.hpp"

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

}  // namespace

void run_probe_child() {
  const auto order = read_probe_request(read_request());
  if (!order.ok()) give_up("it is for backplane to start; " + order.error().message());
  arrange_descriptors();
  confine_probe(order.value().parent);
  std::optional<ProbeRun> run;  // outlives the thread, and is never destroyed: _exit() comes first
  ProbeReport passed;
  // As in the host, a thread loads and unloads that ends later: what the plugin has left with it to
  // be called then is called after it was unmapped.
  auto loader = Thread::start("bp-load", ThreadRole::kControl, [&] {
    run.emplace(order.value().request, [](ProbeStage stage, std::string_view backend) {
      say(stage_line(stage, backend));
    });
    auto report = run->run();
    if (!report.ok()) end_with(error_line(report.error()));
    passed = std::move(report).value();
  });
  if (!loader.ok()) end_with(error_line(loader.error()));
  loader.value().join();
  end_with(report_line(passed));
}

}  // namespace backplane::host
