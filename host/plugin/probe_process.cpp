#include "host/plugin/probe_process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <string_view>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace backplane::host {
namespace {

Error unavailable(const std::string& what, int error) {
  return {ErrorCode::kUnavailable, "probe_unavailable",
          what + ": " + std::generic_category().message(error)};
}

Result<FileDescriptor> memory_file() {
  FileDescriptor file(memfd_create("backplane-probe", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file.valid()) return unavailable("no file for a probe", errno);
  return file;
}

// Files in memory instead of pipes: nobody has to feed a child that does not read, or is woken by
// each line of one that writes.
Result<FileDescriptor> file_with(std::string_view text) {
  auto file = memory_file();
  if (!file.ok()) return file;
  while (!text.empty()) {
    const ssize_t count = write(file.value().get(), text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return unavailable("a probe's request cannot be written", errno);
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  lseek(file.value().get(), 0, SEEK_SET);
  return file;
}

// One that takes kMaxProbeAnswer bytes and no more, whoever writes.
Result<FileDescriptor> file_for_answer() {
  auto file = memory_file();
  if (!file.ok()) return file;
  if (ftruncate(file.value().get(), kMaxProbeAnswer) != 0 ||
      fcntl(file.value().get(), F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) != 0) {
    return unavailable("no file for a probe's answer", errno);
  }
  return file;
}

// How the child begins: our files as its standard streams, a session of its own, and the
// signals as a program finds them that nobody prepared anything for.
class StartOrders {
 public:
  StartOrders(int request, int answer) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_adddup2(&actions_, request, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, answer, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_init(&attributes_);
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes_, &signals);
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes_, &signals);
    // A group, for kill(); not a session: each of those gets as much of the cores as a whole host
    // (sched(7), "The autogroup feature"), and requests would wait for a probe.
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~StartOrders() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  StartOrders(const StartOrders&) = delete;
  StartOrders& operator=(const StartOrders&) = delete;

  const posix_spawn_file_actions_t* actions() const { return &actions_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

}  // namespace

Result<FileDescriptor> ProbeProcess::open_program(const std::string& path) {
  FileDescriptor opened(open(path.c_str(), O_PATH | O_CLOEXEC));
  if (opened.valid()) return opened;
  return unavailable(
      "the program '" + path + "', which tries plugins before they are loaded, cannot be opened",
      errno);
}

Result<ProbeProcess> ProbeProcess::start(int program, const ProbeRequest& request) {
  auto written = file_with(write_probe_request(request, getpid()));
  if (!written.ok()) return std::move(written).error();
  auto answer = file_for_answer();
  if (!answer.ok()) return std::move(answer).error();

  const StartOrders orders(written.value().get(), answer.value().get());
  std::string path = "/proc/self/fd/" + std::to_string(program);
  std::string name = "backplane-probe";
  const std::array<char*, 2> arguments{name.data(), nullptr};
  pid_t pid = -1;
  // A plugin may read the environment; it gets the one that it will find in the host.
  const int refused = posix_spawn(&pid, path.c_str(), orders.actions(), orders.attributes(),
                                  arguments.data(), environ);
  if (refused != 0) return unavailable("no process for a probe", refused);
  // glibc 2.36 has no function for it. It cannot be another process: nobody else reaps this one.
  FileDescriptor process(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  const int error = errno;
  ProbeProcess started(pid, std::move(process), std::move(answer).value());
  if (started.process_fd() < 0) return unavailable("no descriptor for a probe", error);
  return started;
}

ProbeProcess::ProbeProcess(pid_t pid, FileDescriptor process, FileDescriptor answer)
    : pid_(pid), process_(std::move(process)), answer_(std::move(answer)) {}

ProbeProcess::ProbeProcess(ProbeProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      process_(std::move(other.process_)),
      answer_(std::move(other.answer_)) {}

ProbeProcess::~ProbeProcess() {
  kill();
  reap();
}

std::string ProbeProcess::said() const {
  std::string text;
  std::array<char, 4096> buffer;
  for (;;) {
    const ssize_t count =
        pread(answer_.get(), buffer.data(), buffer.size(), static_cast<off_t>(text.size()));
    if (count < 0 && errno == EINTR) continue;
    const std::string_view read(buffer.data(), count < 0 ? 0 : static_cast<std::size_t>(count));
    // What was never written is NUL, which no line has.
    const std::string_view written = read.substr(0, read.find('\0'));
    text += written;
    if (written.size() < buffer.size()) return text;
  }
}

void ProbeProcess::kill() {
  // Its number is not given to another process before it was reaped.
  if (pid_ > 0) ::kill(-pid_, SIGKILL);
}

ProbeEnding ProbeProcess::reap() {
  ProbeEnding ending;
  if (pid_ <= 0) return ending;
  int status = 0;
  pid_t reaped = -1;
  do {
    reaped = waitpid(pid_, &status, 0);
  } while (reaped < 0 && errno == EINTR);
  pid_ = -1;
  if (reaped > 0 && WIFEXITED(status)) ending.exit_status = WEXITSTATUS(status);
  if (reaped > 0 && WIFSIGNALED(status)) ending.signal = WTERMSIG(status);
  return ending;
}

}  // namespace backplane::host
