#include "host/plugin/handler_probe.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <poll.h>
#include <string_view>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "host/plugin/file_descriptor.hpp"
#include "host/plugin/plugin_library.hpp"
#include "host/plugin/plugin_text.hpp"

namespace backplane::host {
namespace {

constexpr rlim_t kCpuSeconds = 5;
constexpr std::size_t kMaxAnswer = std::size_t{1} << 20U;

void limit(int resource, rlim_t value) {
  const rlimit bounds{value, value};
  setrlimit(static_cast<__rlimit_resource>(resource), &bounds);
}

// One line for each handler, or one for the error; the fields hold neither tabs nor line ends.
std::string to_lines(const Result<std::vector<HandlerDescription>>& handlers) {
  if (!handlers.ok()) {
    const Error& error = handlers.error();
    return "error\t" + std::string(error.reason()) + "\t" + printable(error.message(), 1000) + "\n";
  }
  std::string lines;
  for (const HandlerDescription& handler : handlers.value()) {
    lines += "handler\t" + handler.name + "\t" + handler.version + "\t" +
             std::to_string(handler.max_batch) + "\t" + (handler.stateless ? "1" : "0") + "\t" +
             (handler.never_blocks ? "1" : "0") + "\t" + (handler.reconfigurable ? "1" : "0") +
             "\n";
  }
  return lines + "end\n";
}

// The child: loads, tells, and is gone before any destructor of the plugin can run.
[[noreturn]] void run_child(const std::string& path, const PreflightReport& report, int to) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_CPU, kCpuSeconds);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  // A sanitizer's shadow memory alone is more than that.
  limit(RLIMIT_AS, rlim_t{1} << 30U);
#endif
  const int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(nowhere, stream);
  const std::string lines = to_lines(PluginLibrary::describe(path, report));
  std::string_view left = lines;
  while (!left.empty()) {
    const ssize_t count = write(to, left.data(), left.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) break;
    left.remove_prefix(static_cast<std::size_t>(count));
  }
  _exit(0);
}

// What the child says until it closes its end; nothing when `deadline` comes first.
std::optional<std::string> read_all(int from, TimePoint deadline) {
  std::string text;
  std::array<char, 4096> buffer;
  while (text.size() < kMaxAnswer) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return std::nullopt;
    pollfd waiting{from, POLLIN, 0};
    const int ready = poll(&waiting, 1, static_cast<int>(std::min<long>(left, 60'000)));
    if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
    const ssize_t count = ready < 0 ? -1 : read(from, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return text;
}

Error died(std::string how) {
  return {ErrorCode::kInvalidArgument, "plugin_probe_failed", "loading it " + std::move(how)};
}

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  for (;;) {
    const std::size_t tab = line.find('\t');
    fields.push_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return fields;
    line.remove_prefix(tab + 1);
  }
}

Result<std::vector<HandlerDescription>> parse(std::string_view text, const Error& otherwise) {
  std::vector<HandlerDescription> handlers;
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    const auto fields = fields_of(text.substr(0, end));
    text.remove_prefix(end + 1);
    if (fields[0] == "end") return handlers;
    if (fields[0] == "error" && fields.size() == 3) {
      return Error(ErrorCode::kInvalidArgument, std::string(fields[1]), std::string(fields[2]));
    }
    if (fields[0] != "handler" || fields.size() != 7) break;
    HandlerDescription handler{.name = std::string(fields[1]),
                               .version = std::string(fields[2]),
                               .max_batch = 1,
                               .stateless = fields[4] == "1",
                               .never_blocks = fields[5] == "1",
                               .reconfigurable = fields[6] == "1"};
    std::from_chars(fields[3].data(), fields[3].data() + fields[3].size(), handler.max_batch);
    handlers.push_back(std::move(handler));
  }
  return otherwise;
}

Error ending_of(int status) {
  if (WIFSIGNALED(status)) {
    const int number = WTERMSIG(status);
    // NOLINTNEXTLINE(concurrency-mt-unsafe): this process has one thread.
    return died("ends the process with signal " + std::to_string(number) + " (" +
                strsignal(number) + ")");
  }
  return died("ends the process with exit status " + std::to_string(WEXITSTATUS(status)));
}

}  // namespace

Result<std::vector<HandlerDescription>> probe_handlers(const std::string& path,
                                                       const PreflightReport& report,
                                                       TimePoint deadline) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    return Error(ErrorCode::kUnavailable,
                 "no pipe to a probe: " + std::generic_category().message(errno));
  }
  FileDescriptor from(ends[0]);
  FileDescriptor to(ends[1]);
  const pid_t child = fork();
  if (child < 0) {
    return Error(ErrorCode::kUnavailable,
                 "no process for a probe: " + std::generic_category().message(errno));
  }
  if (child == 0) run_child(path, report, to.get());
  to.reset();
  const auto text = read_all(from.get(), deadline);
  // Whatever it still does, it has said all that it had to say. How it died stays known.
  kill(child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!text) return died("does not end in time");
  return parse(*text, ending_of(status));
}

}  // namespace backplane::host
