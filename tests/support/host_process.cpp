#include "tests/support/host_process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

namespace backplane::host {
namespace {

bool wait_readable(int fd, TimePoint deadline) {
  pollfd readable{fd, POLLIN, 0};
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    const int ready = ::poll(&readable, 1, static_cast<int>(std::max<long long>(left, 0)));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

pid_t spawn(const std::vector<std::string>& arguments, int output, int errors) {
  std::vector<std::string> words{BACKPLANE_PROGRAM};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
  pid_t pid = -1;
  const int failure =
      ::posix_spawn(&pid, BACKPLANE_PROGRAM, &actions, nullptr, pointers.data(), ::environ);
  posix_spawn_file_actions_destroy(&actions);
  REQUIRE(failure == 0);
  return pid;
}

}  // namespace

HostProcess::HostProcess(const std::vector<std::string>& arguments) {
  std::array<int, 2> pipe{};
  REQUIRE(::pipe2(pipe.data(), O_CLOEXEC) == 0);
  output_fd_ = pipe[0];
  // A file instead of a second pipe: nobody has to read it while the program runs.
  errors_fd_ = ::memfd_create("backplane-stderr", MFD_CLOEXEC);
  REQUIRE(errors_fd_ >= 0);
  pid_ = spawn(arguments, pipe[1], errors_fd_);
  ::close(pipe[1]);
  // glibc 2.36 has no wrapper that says more than the number.
  pid_fd_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  REQUIRE(pid_fd_ >= 0);
}

HostProcess::~HostProcess() {
  if (!reaped_) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  for (const int fd : {pid_fd_, output_fd_, errors_fd_}) ::close(fd);
}

ProcessEnd HostProcess::run(const std::vector<std::string>& arguments) {
  HostProcess process(arguments);
  std::optional<ProcessEnd> end = process.wait_end();
  REQUIRE(end.has_value());
  return *std::move(end);
}

bool HostProcess::wait_ready() {
  const TimePoint deadline = Clock::now() + kPatience;
  while (output_.find('\n') == std::string::npos) {
    if (!read_output(deadline)) return false;
  }
  data_port_ = port_after("data=");
  admin_port_ = port_after("admin=");
  return output_.starts_with("ready ") && data_port_ != 0 && admin_port_ != 0;
}

bool HostProcess::wait_output(std::string_view text) {
  const TimePoint deadline = Clock::now() + kPatience;
  while (output_.find(text) == std::string::npos) {
    if (!read_output(deadline)) return false;
  }
  return true;
}

void HostProcess::signal(int number) const {
  REQUIRE(::kill(pid_, number) == 0);
}

bool HostProcess::running() const {
  return !reaped_ && !wait_readable(pid_fd_, Clock::now());
}

std::optional<ProcessEnd> HostProcess::wait_end(std::chrono::milliseconds patience) {
  const TimePoint deadline = Clock::now() + patience;
  while (read_output(deadline)) {
  }
  if (!wait_readable(pid_fd_, deadline)) return std::nullopt;
  int status = 0;
  REQUIRE(::waitpid(pid_, &status, 0) == pid_);
  reaped_ = true;
  ProcessEnd end{.output = output_, .errors = read_errors()};
  if (WIFEXITED(status)) end.code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
  return end;
}

bool HostProcess::read_output(TimePoint deadline) {
  if (!wait_readable(output_fd_, deadline)) return false;
  std::array<char, 4096> bytes;
  const ssize_t n = ::read(output_fd_, bytes.data(), bytes.size());
  if (n <= 0) return false;
  output_.append(bytes.data(), static_cast<std::size_t>(n));
  return true;
}

std::string HostProcess::read_errors() const {
  std::string text;
  std::array<char, 4096> bytes;
  for (;;) {
    const ssize_t n =
        ::pread(errors_fd_, bytes.data(), bytes.size(), static_cast<off_t>(text.size()));
    if (n <= 0) return text;
    text.append(bytes.data(), static_cast<std::size_t>(n));
  }
}

std::uint16_t HostProcess::port_after(std::string_view key) const {
  std::size_t at = output_.find(key);
  if (at != std::string::npos) at = output_.find(':', at);
  if (at == std::string::npos) return 0;
  std::uint16_t port = 0;
  std::from_chars(output_.data() + at + 1, output_.data() + output_.size(), port);
  return port;
}

}  // namespace backplane::host
