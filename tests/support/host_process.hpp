#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

#include "tests/support/gate.hpp"

namespace backplane::host {

// What a program left behind.
struct ProcessEnd {
  int code = -1;   // its exit code; -1 when a signal ended it
  int signal = 0;  // the signal that did
  std::string output;
  std::string errors;
};

// The program `backplane` as a process of its own. Owned by a test case, which is also the only
// thread that touches it; a process that still runs at the end is killed. Every wait has a
// deadline.
class HostProcess {
 public:
  // Starts the program; its standard error goes to a file of ours.
  explicit HostProcess(const std::vector<std::string>& arguments);
  ~HostProcess();
  HostProcess(const HostProcess&) = delete;
  HostProcess& operator=(const HostProcess&) = delete;

  // Runs the program to its end.
  static ProcessEnd run(const std::vector<std::string>& arguments);

  // Blocks until `backplane serve` has said that it is ready. False when it ends instead.
  bool wait_ready();
  // Constant after wait_ready().
  std::uint16_t data_port() const { return data_port_; }
  std::uint16_t admin_port() const { return admin_port_; }

  pid_t pid() const { return pid_; }
  // Blocks until `text` is in its standard output. False when it ends without.
  bool wait_output(std::string_view text);

  void signal(int number) const;
  // Nothing when it still runs after `patience`.
  std::optional<ProcessEnd> wait_end(std::chrono::milliseconds patience = kPatience);
  bool running() const;

 private:
  // False at the end of its standard output, or when `deadline` passed.
  bool read_output(TimePoint deadline);
  std::string read_errors() const;
  std::uint16_t port_after(std::string_view key) const;

  pid_t pid_ = -1;
  int pid_fd_ = -1;
  int output_fd_ = -1;
  int errors_fd_ = -1;
  bool reaped_ = false;
  std::string output_;
  std::uint16_t data_port_ = 0;
  std::uint16_t admin_port_ = 0;
};

}  // namespace backplane::host
