#pragma once

#include <string>
#include <sys/types.h>

#include "host/base/result.hpp"
#include "host/plugin/file_descriptor.hpp"
#include "host/plugin/probe_answer.hpp"
#include "host/plugin/probe_request.hpp"

namespace backplane::host {

// One probe child. Owned by the ProbeRunner whose thread started it, and used on that thread only:
// the kernel ends the child when the thread that started it ends.
class ProbeProcess {
 public:
  // Starts the program that is open as `program`. kUnavailable "probe_unavailable" when the system
  // gives no process. Blocks until the program is in place, about a millisecond.
  static Result<ProbeProcess> start(int program, const ProbeRequest& request);
  // Opens the program at `path` for start(). kUnavailable "probe_unavailable": there is none.
  static Result<FileDescriptor> open_program(const std::string& path);
  // Kills and reaps it.
  ~ProbeProcess();
  ProbeProcess(ProbeProcess&& other) noexcept;
  ProbeProcess& operator=(ProbeProcess&& other) = delete;

  // Readable once the process has ended.
  int process_fd() const { return process_.get(); }
  // What it has said so far, whole once it has ended: kMaxProbeAnswer bytes at the most.
  std::string said() const;

  // Ends it and what it started, as far as that stayed in its process group.
  void kill();
  // Takes how it ended. Blocks until it has.
  ProbeEnding reap();

 private:
  ProbeProcess(pid_t pid, FileDescriptor process, FileDescriptor answer);

  pid_t pid_;  // -1 once it was reaped
  FileDescriptor process_;
  FileDescriptor answer_;  // a file in memory
};

}  // namespace backplane::host
