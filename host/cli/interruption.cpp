#include "host/cli/interruption.hpp"

#include <csignal>
#include <ctime>

namespace backplane::host {

bool pause_unless_interrupted(std::chrono::milliseconds time) {
  sigset_t interrupt;
  sigemptyset(&interrupt);
  sigaddset(&interrupt, SIGINT);
  pthread_sigmask(SIG_BLOCK, &interrupt, nullptr);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
  const timespec limit{.tv_sec = seconds.count(),
                       .tv_nsec = std::chrono::nanoseconds(time - seconds).count()};
  return sigtimedwait(&interrupt, nullptr, &limit) != SIGINT;
}

}  // namespace backplane::host
