#include "host/plugin/read_lease.hpp"

#include <cerrno>
#include <csignal>
#include <fcntl.h>

namespace backplane::host {

ReadLease::ReadLease(int fd) : fd_(fd) {
  // By which a writer that waits makes itself known. SIGIO, which it would be else, ends a process
  // that does not expect it; this one is ignored.
  if (fcntl(fd, F_SETSIG, SIGURG) != 0) return;
  if (fcntl(fd, F_SETLEASE, F_RDLCK) == 0) {
    state_ = State::kHeld;
  } else if (errno == EAGAIN) {
    state_ = State::kWritten;
  }
}

ReadLease::~ReadLease() {
  if (held()) fcntl(fd_, F_SETLEASE, F_UNLCK);
}

}  // namespace backplane::host
